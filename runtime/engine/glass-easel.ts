/** The one place that names the component engine, so that raising its version is a change here. */

export {
  addGlobalErrorListener,
  addGlobalWarningListener,
  Component,
  ComponentSpace,
  DeepCopyKind,
  Element,
  Event,
  NativeNode,
  StyleScopeManager,
  TextNode,
} from 'glass-easel'
export type { GeneralBehavior, GeneralComponent, GeneralComponentDefinition, ShadowRoot } from 'glass-easel'

/** Which part of an element's classes and styles is set; the engine keeps them apart. */
export const StyleSegmentIndex = { MAIN: 0, TEMPLATE_EXTRA: 1, ANIMATION_EXTRA: 2, TEMP_EXTRA: 3 } as const

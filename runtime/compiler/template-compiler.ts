/** The ecosystem's template compiler, a WebAssembly module carried inside this bundle as bytes. */

import * as glue from 'glass-easel-template-compiler/pkg/glass_easel_template_compiler_bg.js'
import bytes from 'glass-easel-template-compiler/pkg/glass_easel_template_compiler_bg.wasm'

export interface TemplateWarning {
  isError: boolean
  level: string
  message: string
  path: string
  startLine: number
  startColumn: number
}

export interface TemplateGroup {
  addTmpl(path: string, text: string): TemplateWarning[]
  addScript(path: string, text: string): void
  getDirectDependencies(path: string): string[]
  getScriptDependencies(path: string): string[]
  getInlineScriptModuleNames(path: string): string[]
  getInlineScript(path: string, module: string): string
  setInlineScript(path: string, module: string, text: string): void
  setExtraRuntimeScript(text: string): void
  getTmplGenObjectGroups(): string
  free(): void
}

let module: WebAssembly.Module | undefined
let last: WebAssembly.Memory | undefined

/**
 * A fresh instance for every group: the order of what the compiler emits depends on what it compiled
 * before, and the same program must give the same bytes. One group at a time; free it when done.
 */
export function templateGroup(): TemplateGroup {
  // Synchronous on purpose: two megabytes compile in a moment, and V8 inside Python has no event loop.
  module ??= new WebAssembly.Module(bytes as unknown as BufferSource)
  // The glue keeps views of the memory it saw first; growing detaches them, so it looks again.
  last?.grow(1)
  const instance = new WebAssembly.Instance(module, {
    './glass_easel_template_compiler_bg.js': glue as unknown as WebAssembly.ModuleImports,
  })
  last = instance.exports.memory as WebAssembly.Memory
  glue.__wbg_set_wasm(instance.exports)
  return new glue.TmplGroup() as TemplateGroup
}

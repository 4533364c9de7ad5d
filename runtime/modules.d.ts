declare module 'glass-easel-template-compiler/pkg/glass_easel_template_compiler_bg.js' {
  export function __wbg_set_wasm(exports: unknown): void
  export class TmplGroup {}
}
declare module '*.wasm' {
  const bytes: Uint8Array
  export default bytes
}
declare module '*.css' {
  const text: string
  export default text
}
declare module 'divisions:towns' {
  const lines: string
  export default lines
}
declare module '@vant/area-data' {
  export const areaList: Record<'province_list' | 'city_list' | 'county_list', Record<string, string>>
}
declare module 'less/lib/less/environment/abstract-file-manager.js' {
  export default class AbstractFileManager {
    supports(): boolean
    supportsSync(): boolean
    loadFile(name: string, folder: string): Promise<unknown>
    loadFileSync(name: string, folder: string): { filename: string; contents: string } | object
  }
}
declare module 'less/lib/less/index.js' {
  interface Trouble {
    message: string
    filename?: string
    line?: number
    column?: number
  }
  interface Less {
    PluginLoader: unknown
    render(text: string, options: Record<string, unknown>, done: (error: Trouble | null, output?: { css: string }) => void): void
  }
  export default function createLess(environment: object, fileManagers: object[], version?: string): Less
}

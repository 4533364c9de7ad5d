/** What the host tells a frame when it gives it a program to run. */

export interface Boot {
  /** The folder of the program's artifacts, as a URL ending in a slash. */
  base: string
  manifest: {
    pages: string[]
    entryPagePath: string
    /** `elements` are the built-in ones its templates use; programs compiled earlier do not say. */
    packages: { root: string; name: string; independent: boolean; pages: string[]; file: string; entry?: string; elements?: string[]; worklets?: boolean }[]
    window: Record<string, unknown>
    tabBar?: Record<string, unknown>
    theme?: Record<string, unknown>
    app: Record<string, unknown>
    assets: Record<string, string>
    project?: { compileType?: string; urlCheck?: boolean }
    /** By the name the program calls each: the compiler's `Plugin`. */
    plugins?: Record<string, { provider: string; version: string; root: string; declaredIn: string; main: string; export: string; pages: Record<string, string> }>
    /** The `ext` of ext.json. */
    ext?: Record<string, unknown>
  }
  launch: { path?: string; query: Record<string, string>; scene: number; referrerInfo?: Record<string, unknown>; shareTicket?: string }
  appId: string
  version: string
  envVersion: 'develop' | 'trial' | 'release'
  theme: 'light' | 'dark'
  language: string
  /** Where the host draws its capsule, in the frame's pixels. */
  menuButton: { top: number; right: number; bottom: number; left: number; width: number; height: number }
  statusBarHeight: number
  safeAreaBottom: number
  /** A picture from elsewhere is asked for through this prefix; empty to ask directly. */
  relay: string
  storage: Record<string, unknown>
  /** The keys of what the program asked to be stored encrypted. */
  sealed?: string[]
  /** What the program has saved, from `wxfile://usr` and `wxfile://store_…`; a folder has no body. */
  files?: { path: string; body: ArrayBuffer | null; modified: number }[]
  /** Files of the package that calls answering at once may read, by their path in it. */
  packaged?: Record<string, ArrayBuffer>
  /** What the host keeps of the program for itself from one visit to the next, by name. */
  kept?: Record<string, unknown>
  user: { language: string }
  /** What the machine is called that a program fills the screen of. */
  model?: string
  /** A newer version is out than the one that runs now. */
  hasUpdate?: boolean
}

/** First words, from the frame to its parent; the port comes back with the boot object. */
export const READY = 'hutong:ready'
export const START = 'hutong:start'

/** Less for the compiler: a bundle of its own, loaded only for programs that write their styles in it. */

import './platform'

import AbstractFileManager from 'less/lib/less/environment/abstract-file-manager.js'
import createLess from 'less/lib/less/index.js'

import type { StyleCompiler, StyleReader } from './languages'

/** What Less takes for a file that is not there. */
interface Refusal {
  type: 'File'
  message: string
}

const refusal = (message: string): Refusal => ({ type: 'File', message })

let reader: StyleReader

/** Less asks for its imports by name and folder; we answer from the program's own files, at once. */
class ProgramFiles extends AbstractFileManager {
  override supports(): boolean {
    return true
  }

  override supportsSync(): boolean {
    return true
  }

  override loadFileSync(name: string, folder: string): { filename: string; contents: string } | Refusal {
    const found = reader(`${folder}style.less`, name)
    return found ? { filename: found.path, contents: found.text } : refusal(`'${name}' is not in the program`)
  }

  override loadFile(name: string, folder: string): Promise<unknown> {
    return Promise.resolve(this.loadFileSync(name, folder))
  }
}

const less = createLess({}, [new ProgramFiles()])
// `@plugin` would run a script while compiling; a program's styles have no need of that.
less.PluginLoader = class {
  loadPluginSync(): Refusal {
    return refusal('@plugin is not available')
  }
  loadPlugin(): Promise<never> {
    return Promise.reject(new Error('@plugin is not available'))
  }
}

const compileLess: StyleCompiler = (path, text, read) => {
  reader = read
  let outcome: ReturnType<StyleCompiler> = { problem: { file: path, line: 1, column: 1, message: 'Less gave no answer' } }
  less.render(text, { filename: path, syncImport: true, javascriptEnabled: false, rewriteUrls: 'local', compress: false }, (error, output) => {
    outcome = error
      ? { problem: { file: error.filename || path, line: error.line ?? 1, column: (error.column ?? 0) + 1, message: error.message } }
      : { css: output!.css }
  })
  return outcome
}

;(globalThis as { HutongLess?: StyleCompiler }).HutongLess = compileLess

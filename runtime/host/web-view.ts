/**
 * Web pages that a program shows. A program's frame may hold no document, so they lie above it, where its page is; the
 * document around each (`runtime/page/around.ts`) is ours, and keeps it on the program's business domains.
 */

import { Channel } from '../bridge/channel'
import { SHOW } from '../page/messages'

/** Where the page is, in the frame's pixels. */
export interface Box {
  left: number
  top: number
  width: number
  height: number
}

interface Open {
  element: HTMLIFrameElement
  channel: Channel
}

export class WebViews {
  private readonly open = new Map<number, Open>()

  /** `ask` carries what a page asks for to the program; `tell` what becomes of the page. */
  constructor(
    private readonly frame: HTMLIFrameElement,
    private readonly how: { language: string; theme: 'light' | 'dark' },
    private readonly ask: (id: number, name: string, arg: unknown) => Promise<object>,
    private readonly tell: (id: number, event: string, detail: object) => void,
  ) {}

  /** Show a page, or another one in its place. `around` is the address of the document that holds it. */
  show(around: string, id: number, src: string, box: Box): void {
    let url: URL
    try {
      url = new URL(src)
    } catch {
      throw { errMsg: 'invalid url' }
    }
    // What comes from here would share this shell's storage, and so whoever is signed in.
    if (!/^https?:$/.test(url.protocol) || url.origin === location.origin) throw { errMsg: 'invalid url' }
    const known = this.open.get(id)
    if (known) {
      this.place(id, box, true)
      known.channel.emit('show', { src: url.href })
      return
    }
    const element = document.createElement('iframe')
    element.src = around
    element.title = ''
    element.setAttribute('allow', '')
    const { port1, port2 } = new MessageChannel()
    const channel = new Channel(port1, (_, args) => {
      const { name, arg } = args as { name: unknown; arg: unknown }
      return this.ask(id, String(name), arg)
    })
    for (const event of ['load', 'error', 'here']) channel.on(event, (detail: object) => this.tell(id, event, detail))
    element.addEventListener('load', () => element.contentWindow?.postMessage({ type: SHOW, src: url.href, ...this.how }, location.origin, [port2]), { once: true })
    this.open.set(id, { element, channel })
    this.place(id, box, true)
    this.frame.after(element)
  }

  /** Put it where its page is; never beyond the program's own frame. */
  place(id: number, { left, top, width, height }: Box, visible: boolean): void {
    const element = this.open.get(id)?.element
    if (!element) return
    const { offsetLeft, offsetTop, clientWidth, clientHeight } = this.frame
    const within = (value: number, most: number): number => Math.min(most, Math.max(0, value))
    const [x, y] = [within(left, clientWidth), within(top, clientHeight)]
    Object.assign(element.style, { position: 'absolute', border: '0', colorScheme: this.how.theme, left: `${offsetLeft + x}px`, top: `${offsetTop + y}px`, width: `${within(width, clientWidth - x)}px`, height: `${within(height, clientHeight - y)}px` })
    element.style.display = visible ? '' : 'none'
  }

  close(id: number): void {
    const known = this.open.get(id)
    known?.channel.close()
    known?.element.remove()
    this.open.delete(id)
  }

  closeAll(): void {
    for (const id of [...this.open.keys()]) this.close(id)
  }
}

/** Places for what is the platform's: the linked account, and a person's open data. */

import { program, resolveUrl } from '../engine/program'
import { BuiltIn, defineElement, text } from './element'

interface LinkedAccount {
  name: string
  avatar: string
  description: string
  followed: boolean
}

/** The account linked with the program, and a button to follow it. */
class OfficialAccount extends BuiltIn {
  static override events = ['load', 'error']

  connectedCallback(): void {
    // As published: a page has room for one.
    if (this.closest('wx-page')?.querySelector('wx-official-account') !== this) this.emit('error', { status: 7, errMsg: 'only one official-account in a page' })
    else void this.show()
  }

  private async show(): Promise<void> {
    const { boot, host } = program()
    const chinese = boot.language.startsWith('zh')
    try {
      const account = (await host.call('linkedAccount')) as LinkedAccount
      const face = document.createElement('img')
      face.alt = ''
      face.src = account.avatar
      const words = document.createElement('div')
      const about = document.createElement('small')
      about.textContent = account.description
      words.append(account.name, about)
      const follow = document.createElement('button')
      follow.type = 'button'
      const draw = (followed: boolean): void => {
        follow.textContent = followed ? (chinese ? '已关注' : 'Following') : chinese ? '关注' : 'Follow'
        follow.disabled = followed
      }
      draw(account.followed)
      follow.onclick = () => void host.call('followLinkedAccount').then(() => draw(true), () => {})
      this.replaceChildren(face, words, follow)
      this.emit('load', { status: 0, errMsg: 'ok' })
    } catch {
      this.emit('error', { status: 4, errMsg: 'no official account is linked' })
    }
  }
}

/**
 * What was once a person's own data. As published since, it is what stands for anybody; a group's name would have to
 * enter the program's frame to be shown, so it is refused.
 */
class OpenData extends BuiltIn {
  static override attributes = {
    type: text('', 'groupName', 'userNickName', 'userAvatarUrl', 'userGender', 'userCity', 'userProvince', 'userCountry', 'userLanguage'),
    'open-gid': text(),
    lang: text('en', 'en', 'zh_CN', 'zh_TW'),
    'default-text': text(),
    'default-avatar': text(),
  }
  static override events = ['error']

  connectedCallback(): void {
    this.draw()
  }

  override changed(name: string): void {
    if (!this.isConnected) return
    this.draw()
    if (name === 'open-gid' || name === 'type') this.refuse()
  }

  private refuse(): void {
    if (this.read('type') === 'groupName' && this.read('open-gid')) queueMicrotask(() => this.emit('error', { errMsg: 'the name of a group cannot be shown' }))
  }

  private draw(): void {
    const type = this.read<string>('type')
    if (type === 'userAvatarUrl') {
      const face = document.createElement('img')
      face.alt = ''
      const own = this.read<string>('default-avatar')
      if (own) face.src = resolveUrl(own, this.ownerPath)
      this.replaceChildren(face)
      return
    }
    const name = this.read('lang') === 'en' ? 'User' : this.read('lang') === 'zh_TW' ? '用戶' : '用户'
    this.textContent = this.read<string>('default-text') || (type === 'userNickName' ? name : '')
  }
}

defineElement('official-account', OfficialAccount)
defineElement('open-data', OpenData)

/** Button: how it looks, what form it belongs to, and what it opens. */

import { elementHooks } from './basic'
import { BuiltIn, defineElement, flag, number, text } from './element'
import type { Form } from './form'

export class Button extends BuiltIn {
  static override attributes = {
    size: text('default', 'default', 'mini'),
    type: text('default', 'default', 'primary', 'warn'),
    plain: flag(),
    disabled: flag(),
    loading: flag(),
    'form-type': text('', 'submit', 'reset', 'submitToGroup'),
    'open-type': text('', 'contact', 'liveActivity', 'share', 'getPhoneNumber', 'getRealtimePhoneNumber', 'getUserInfo', 'launchApp', 'openSetting', 'feedback', 'chooseAvatar', 'agreePrivacyAuthorization'),
    'hover-class': text('button-hover'),
    'hover-stop-propagation': flag(),
    'hover-start-time': number(20),
    'hover-stay-time': number(70),
    'app-parameter': text(),
    'session-from': text(),
    'send-message-title': text(),
    'send-message-path': text(),
    'send-message-img': text(),
    'show-message-card': flag(),
    'phone-number-no-quota-toast': flag(true),
    'need-show-entrance': flag(true),
    'entrance-path': text(),
    lang: text('en', 'en', 'zh_CN', 'zh_TW'),
  }
  static override events = ['getuserinfo', 'contact', 'getphonenumber', 'getrealtimephonenumber', 'error', 'opensetting', 'launchapp', 'chooseavatar', 'agreeprivacyauthorization', 'createliveactivity']
  readonly hoverClass = 'button-hover';
  readonly 'hover-start-time' = 20;
  readonly 'hover-stay-time' = 70

  connectedCallback(): void {
    if (!this.hasAttribute('role')) super.setAttribute('role', 'button')
    this.tabIndex = this.read('disabled') ? -1 : 0
  }

  override changed(name: string, value: unknown): void {
    if (name === 'disabled') {
      this.ariaDisabled = value ? 'true' : null
      this.tabIndex = value ? -1 : 0
    } else if (name === 'loading') this.ariaBusy = value ? 'true' : null
  }

  /** As published: a disabled button is no place to tap. */
  override refusesTap(): boolean {
    return this.read('disabled')
  }

  override activate(): boolean {
    if (this.read('disabled')) return true
    const form = this.closest<Form>('wx-form')
    const formType = this.read<string>('form-type')
    if (form && formType === 'submit') form.submit(this)
    else if (form && formType === 'reset') form.reset()
    else if (form && formType === 'submitToGroup') form.submitToGroup(this)
    const open = this.read<string>('open-type')
    if (open) void elementHooks.openType(open, this)
    return Boolean(open) || (Boolean(formType) && form !== null)
  }
}

defineElement('button', Button)

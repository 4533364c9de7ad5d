/** Navigators: to a page, to another program, to a page of the platform, and out. */

import { pluginAt } from '../engine/plugins'
import { program, territory } from '../engine/program'
import { elementHooks } from './basic'
import { any, BuiltIn, defineElement, number, text, flag } from './element'

class Navigator extends BuiltIn {
  static override attributes = {
    url: text(),
    target: text('self', 'self', 'miniProgram'),
    'open-type': text('navigate', 'navigate', 'redirect', 'switchTab', 'reLaunch', 'navigateBack', 'exit'),
    delta: number(1),
    'app-id': text(),
    path: text(),
    'extra-data': any({}),
    version: text('release', 'develop', 'trial', 'release'),
    'short-link': text(),
    'hover-class': text('navigator-hover'),
    'hover-stop-propagation': flag(),
    'hover-start-time': number(50),
    'hover-stay-time': number(600),
  }
  static override events = ['success', 'fail', 'complete']

  connectedCallback(): void {
    if (!this.hasAttribute('role')) this.role = 'link'
    this.tabIndex = 0
  }

  override activate(): boolean {
    const how = this.read<string>('open-type')
    if (this.read('target') !== 'miniProgram') {
      // Within the program nothing is told: the page that opens is the answer. Leaving is for the other target alone.
      if (how !== 'exit') elementHooks.navigate(how, this.read('url'), this.read('delta')).catch(() => {})
      return true
    }
    this.leave(how).then(
      (result) => this.emit('success', result ?? {}),
      (failure: unknown) => this.emit('fail', failure),
    ).finally(() => this.emit('complete'))
    return true
  }

  private leave(how: string): Promise<unknown> {
    const extraData = this.read<unknown>('extra-data')
    if (how === 'exit') return elementHooks.call('exitMiniProgram', {})
    if (how === 'navigateBack') return elementHooks.call('navigateBackMiniProgram', { extraData })
    const link = this.read<string>('short-link')
    return elementHooks.call('navigateToMiniProgram', { appId: this.read('app-id'), path: this.read('path'), extraData, envVersion: this.read('version'), ...(link ? { shortLink: link } : {}) })
  }
}

defineElement('navigator', Navigator)

/** What each functional page comes down to here, where a program's plugin may ask for itself. */
const FUNCTIONS: Record<string, (args: object) => Promise<unknown>> = {
  loginAndGetUserInfo: async (args) => {
    const [login, info] = [await elementHooks.call('login', {}), await elementHooks.call('getUserInfo', args)]
    return { ...info, code: login.code, errMsg: 'loginAndGetUserInfo:ok' }
  },
  requestPayment: (args) => elementHooks.call('requestPayment', args),
  chooseAddress: (args) => elementHooks.call('chooseAddress', args),
  chooseInvoice: (args) => elementHooks.call('chooseInvoice', args),
  chooseInvoiceTitle: (args) => elementHooks.call('chooseInvoiceTitle', args),
}

class FunctionalPageNavigator extends BuiltIn {
  static override attributes = { name: text('', ...Object.keys(FUNCTIONS)), args: any({}), version: text('release', 'develop', 'trial', 'release') }
  static override events = ['success', 'fail', 'cancel']

  connectedCallback(): void {
    if (!this.hasAttribute('role')) this.role = 'link'
    this.tabIndex = 0
  }

  override activate(): boolean {
    const run = FUNCTIONS[this.read<string>('name')]
    const { appId, manifest } = program().boot
    // As far as it is known here: a plugin of this very project.
    if (pluginAt(territory(this.ownerPath))?.provider === appId && !manifest.app.functionalPages) this.emit('fail', { errMsg: 'functional pages are not enabled: "functionalPages" in app.json' })
    else if (!run) this.emit('fail', { errMsg: `functional page "${this.read<string>('name')}" is not found` })
    else {
      run(this.read<object>('args') ?? {}).then(
        (result) => this.emit('success', result ?? {}),
        (failure: { errMsg?: string }) => this.emit(/cancel|deny/.test(failure.errMsg ?? '') ? 'cancel' : 'fail', failure),
      )
    }
    return true
  }
}

defineElement('functional-page-navigator', FunctionalPageNavigator)

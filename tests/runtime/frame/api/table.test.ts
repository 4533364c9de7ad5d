/** The one table: every published name is served or refused as published, and canIUse, the compiler and the build agree. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { buildSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { refusals } from '../../../../runtime/api/refusals'
import { proves, rows } from '../../recorder'
import { Harness, hasBrowser } from '../harness'
import { ask } from './program'

const harness = new Harness()
beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

const runtime = fileURLToPath(new URL('../../../../runtime/', import.meta.url))
const table = (): any => JSON.parse(readFileSync(`${runtime}dist/test/table.json`, 'utf8'))

describe.skipIf(!hasBrowser)('the table of wx', () => {
  test('every published name is in the built table, and those not served fail as published', async () => {
    const { apis } = table()
    const names = rows('wx_api').map((row) => row.name!)
    expect(names.filter((name) => !(name in apis))).toEqual([])
    const missing = names.filter((name) => !apis[name].supported && !apis[name].property)
    const { said } = await ask(
      harness,
      `const out = {}
       for (const [name, mode] of ${JSON.stringify(missing.map((name) => [name, apis[name].mode]))}) {
         out[name] = { can: wx.canIUse(name), said: mode === 'event' ? String(wx[name](() => {})) : mode === 'sync' ? caught(() => wx[name]()).errMsg : (await call(name)).errMsg }
       }
       const promised = await wx.${missing.find((name) => apis[name].mode === 'async')}().catch((error) => error.errMsg)
       wx.own = 1
       return { out, promised, own: wx.own, unknown: typeof wx.thereIsNoSuchName, cloud: [typeof wx.cloud, wx.canIUse('cloud')] }`,
    )
    for (const name of missing) expect([name, said.out[name]]).toEqual([name, { can: false, said: apis[name].mode === 'event' ? 'undefined' : `${name}:fail ${refusals.get(name)?.errMsg ?? 'not supported'}` }])
    expect(said.promised).toContain(':fail not supported')
    expect([said.own, said.unknown, said.cloud]).toEqual([1, 'undefined', ['undefined', false]])
  })

  test('canIUse knows names, parameters, answers, objects, elements, attributes and values', async () => {
    const { said } = await ask(
      harness,
      `const asked = ['showToast', 'showToast.object', 'showToast.object.image', 'showToast.object.colour', 'getSystemInfoSync', 'thereIsNone', 'getStorage.success.data',
        'view', 'view.hover-class', 'view.nothing', 'button.open-type.contact', 'button.open-type.nothing', 'button.bindgetphonenumber', 'canIUse']
       return asked.filter((name) => wx.canIUse(name))`,
    )
    expect(said).toEqual(['showToast', 'showToast.object', 'showToast.object.image', 'getSystemInfoSync', 'getStorage.success.data', 'view', 'view.hover-class', 'button.open-type.contact', 'button.bindgetphonenumber', 'canIUse'])
    proves('wx_api', 'canIUse')
  })

  test('the compiler’s two questions are answered from the same table', () => {
    const { apis, elements } = table()
    const missing = Object.keys(apis).filter((name) => !apis[name].supported)
    const { outputFiles } = buildSync({ absWorkingDir: runtime, entryPoints: ['compiler/support.ts'], bundle: true, write: false, format: 'iife', globalName: 'made', define: { __HUTONG_SUPPORT__: JSON.stringify({ missing, elements }) } })
    const { unsupportedApi, unsupportedAttribute } = new Function(`${outputFiles[0]!.text};return made`)()
    expect(unsupportedApi('createTCPSocket')).toContain('createTCPSocket:fail not supported')
    expect(unsupportedApi('request')).toBeUndefined()
    expect(unsupportedApi('thereIsNone')).toBeUndefined()
    expect(unsupportedAttribute('view', 'hover-clas')).toContain('hover-clas')
    for (const fine of ['hover-class', 'class', 'data-x', 'bindtap', 'wx:if', 'aria-label', 'mark:x']) expect(unsupportedAttribute('view', fine)).toBeUndefined()
    expect(unsupportedAttribute('my-own', 'anything')).toBeUndefined()
  })
})

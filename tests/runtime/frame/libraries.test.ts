/** Component libraries from npm, unmodified: every component of each is seen on a page and touched. */

import { afterAll, beforeAll, describe, test } from 'vitest'

import { shows } from '../recorder'
import { Harness, hasBrowser } from './harness'
import { show } from './libraries/library'
import { mpHtml } from './libraries/mp-html'
import { tdesign } from './libraries/tdesign'
import { vant } from './libraries/vant'
import { weui } from './libraries/weui'
import { wux } from './libraries/wux'

const harness = new Harness()

beforeAll(async () => {
  if (hasBrowser) await harness.start()
}, 60_000)
afterAll(() => harness.stop())

describe.skipIf(!hasBrowser)('libraries', () => {
  test.each([vant, weui, wux, tdesign, mpHtml])('$name: every component is seen and touched without an error', async (library) => {
    await show(harness, library)
    shows('MIN-01')
  }, 60_000)
})

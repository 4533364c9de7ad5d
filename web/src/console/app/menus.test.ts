import { expect, test } from 'vitest'

import { blank, plain } from './menus'

test('a button publishes only what its kind has', () => {
  expect(plain({ ...blank(' Tea '), key: 'TEA', url: 'https://left.over' })).toEqual({ name: 'Tea', type: 'click', key: 'TEA' })
  expect(plain({ ...blank('Shop'), type: 'view', url: 'https://shop', key: 'LEFT' })).toEqual({ name: 'Shop', type: 'view', url: 'https://shop' })
})

test('one that opens others has no kind of its own', () => {
  const above = { ...blank('More'), sub_button: [{ ...blank('Tea'), key: 'TEA' }] }
  expect(plain(above)).toEqual({ name: 'More', sub_button: [{ name: 'Tea', type: 'click', key: 'TEA' }] })
})

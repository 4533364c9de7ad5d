import { expect, test } from 'vitest'

import { compareIds, inOrder, merged, tailOf, tellsTime, withMessage, withRead } from './lines'
import { line, message } from './builders'

test('ids are compared as the numbers they write', () => {
  expect(['9', '10', '2'].sort(compareIds)).toEqual(['2', '9', '10'])
})

test('pinned conversations stand first, then whoever spoke last', () => {
  const made = [line({ conversation_id: 'a', last_id: '9' }), line({ conversation_id: 'b', last_id: '10' }), line({ conversation_id: 'c', last_id: '1', pinned: true })]
  expect(made.sort(inOrder).map((one) => one.conversation_id)).toEqual(['c', 'b', 'a'])
})

test('what others say is unread, what I say is read', () => {
  const heard = withMessage(line(), message(1), 'Bob', '1')
  expect([heard.unread, heard.last?.seq, heard.last_id]).toEqual([1, 1, '101'])
  expect(withMessage(heard, message(2, '1'), '', '1').unread).toBe(0)
})

test('an older message changes nothing', () => {
  const now = line({ last_seq: 5, last: message(5) })
  expect(withMessage(now, message(4), 'Bob', '1')).toBe(now)
})

test('being called by name is remembered until it is read', () => {
  const called = withMessage(line({ kind: 'GROUP' }), message(1, '2', { body: { kind: 'text', text: '@Ann', mentions: ['1'] } }), 'Bob', '1')
  expect([called.mentioned, called.last_sender]).toEqual([true, 'Bob'])
  expect(withRead(called, 1)).toMatchObject({ mentioned: false, unread: 0 })
})

test('reading never goes back', () => {
  const now = line({ last_seq: 5, read_seq: 4, unread: 1 })
  expect(withRead(now, 3)).toBe(now)
})

test('the tail is what follows without a gap', () => {
  expect(tailOf([message(1), message(3), message(4)]).map((one) => one.seq)).toEqual([3, 4])
  expect(tailOf([])).toEqual([])
})

test('the newer word for a number holds', () => {
  const recalled = message(2, '2', { body: { kind: 'recalled', by: '2' } })
  expect(merged([message(1), message(2)], [recalled, message(3)]).map((one) => one.body.kind)).toEqual(['text', 'recalled', 'text'])
})

test('the time is told after five minutes', () => {
  expect(tellsTime({ sent_at: 0 }, undefined)).toBe(true)
  expect(tellsTime({ sent_at: 300_000 }, { sent_at: 0 })).toBe(false)
  expect(tellsTime({ sent_at: 300_001 }, { sent_at: 0 })).toBe(true)
})

import { expect, test } from 'vitest'

import { icalendar, vcard } from './cards'

test('a contact becomes a card with its marks escaped and nothing empty', () => {
  const card = vcard({ firstName: '安', lastName: '陈', mobilePhoneNumber: '13800138000', remark: 'tea; oolong, hot', homeAddressCity: '北京' })
  expect(card.split('\r\n')).toEqual(['BEGIN:VCARD', 'VERSION:3.0', 'N:陈;安;;;', 'FN:陈 安', 'TEL;TYPE=CELL:13800138000', 'NOTE:tea\\; oolong\\, hot', 'ADR;TYPE=HOME:;;;北京;;;', 'END:VCARD', ''])
})

test('an event becomes a date with its reminder and repetition', () => {
  const event = icalendar({ title: '品茶', startTime: 1_800_000_000, allDay: false, description: '', location: '鼓楼', alarmOffset: 600, repeatInterval: 'week', repeatEndTime: 1_801_000_000 }, 'one')
  expect(event).toContain('DTSTART:20270115T080000Z\r\nDTEND:20270115T090000Z\r\nSUMMARY:品茶\r\nLOCATION:鼓楼\r\nRRULE:FREQ=WEEKLY;UNTIL=20270126T214640Z')
  expect(event).toContain('TRIGGER:-PT600S')
  expect(icalendar({ title: 'a', startTime: 1_800_000_000, allDay: true, description: '', location: '' }, 'two')).toContain('DTSTART;VALUE=DATE:20270115\r\nDTEND;VALUE=DATE:20270116')
})

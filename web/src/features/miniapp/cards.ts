/** Contacts and dates as files that the device's own book and calendar take in. */
import type { CalendarEvent } from 'runtime/host'
import { saveFile } from 'runtime/host'

/** Text as vCard and iCalendar want it: their own marks escaped. */
const plain = (text: string): string => text.replace(/[\\;,]/g, (mark) => `\\${mark}`).replace(/\r?\n/g, '\\n')
const line = (name: string, value: string): string[] => (value === '' ? [] : [`${name}:${value}`])

/** The fields of `wx.addPhoneContact`. */
export function vcard(fields: Record<string, string>): string {
  const of = (name: string): string => plain(fields[name] ?? '')
  const address = (kind: string, prefix: string): string[] => {
    const parts = [of(`${prefix}AddressStreet`), of(`${prefix}AddressCity`), of(`${prefix}AddressState`), of(`${prefix}AddressPostalCode`), of(`${prefix}AddressCountry`)]
    return parts.some((part) => part !== '') ? [`ADR;TYPE=${kind}:;;${parts.join(';')}`] : []
  }
  return [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `N:${of('lastName')};${of('firstName')};${of('middleName')};;`,
    `FN:${[of('lastName'), of('middleName'), of('firstName')].filter((part) => part !== '').join(' ')}`,
    ...line('NICKNAME', of('nickName')),
    ...line('ORG', of('organization')),
    ...line('TITLE', of('title')),
    ...line('TEL;TYPE=CELL', of('mobilePhoneNumber')),
    ...line('TEL;TYPE=WORK', of('workPhoneNumber')),
    ...line('TEL;TYPE=HOME', of('homePhoneNumber')),
    ...line('TEL;TYPE=MAIN', of('hostNumber')),
    ...line('TEL;TYPE=FAX,WORK', of('workFaxNumber')),
    ...line('TEL;TYPE=FAX,HOME', of('homeFaxNumber')),
    ...line('EMAIL', of('email')),
    ...line('URL', of('url')),
    ...line('X-WECHAT', of('weChatNumber')),
    ...line('NOTE', of('remark')),
    ...address('HOME', 'home'),
    ...address('WORK', 'work'),
    ...(of('addressStreet') === '' ? [] : [`ADR:;;${of('addressStreet')};${of('addressCity')};${of('addressState')};${of('addressPostalCode')};${of('addressCountry')}`]),
    'END:VCARD',
    '',
  ].join('\r\n')
}

const utc = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(/[-:]|\.\d+/g, '')
const FREQUENCIES = { day: 'DAILY', week: 'WEEKLY', month: 'MONTHLY', year: 'YEARLY' }
const HOUR_S = 3600
const DAY_S = 24 * HOUR_S

/** One event, with its reminder and repetition. */
export function icalendar(event: CalendarEvent, uid: string): string {
  const day = (seconds: number): string => utc(seconds).slice(0, 8)
  const until = event.repeatEndTime === undefined ? '' : `;UNTIL=${utc(event.repeatEndTime)}`
  const end = event.endTime ?? event.startTime + (event.allDay ? DAY_S : HOUR_S)
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Hutong//Mini programs//EN',
    'BEGIN:VEVENT',
    `UID:${uid}`,
    `DTSTAMP:${utc(event.startTime)}`,
    ...(event.allDay ? [`DTSTART;VALUE=DATE:${day(event.startTime)}`, `DTEND;VALUE=DATE:${day(end)}`] : [`DTSTART:${utc(event.startTime)}`, `DTEND:${utc(end)}`]),
    `SUMMARY:${plain(event.title)}`,
    ...line('DESCRIPTION', plain(event.description)),
    ...line('LOCATION', plain(event.location)),
    ...(event.repeatInterval === undefined ? [] : [`RRULE:FREQ=${FREQUENCIES[event.repeatInterval]}${until}`]),
    ...(event.alarmOffset === undefined ? [] : ['BEGIN:VALARM', 'ACTION:DISPLAY', `DESCRIPTION:${plain(event.title)}`, `TRIGGER:-PT${String(event.alarmOffset)}S`, 'END:VALARM']),
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n')
}

export function contactFile(fields: Record<string, string>): void {
  saveFile(`${fields.firstName ?? 'contact'}.vcf`, 'text/vcard', vcard(fields))
}

export function calendarFile(event: CalendarEvent): void {
  saveFile(`${event.title}.ics`, 'text/calendar', icalendar(event, crypto.randomUUID()))
}

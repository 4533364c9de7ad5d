/** wx.canIUse: an API, one of its parameters, an object's method, an element, its attributes and their values. */

import { builtIns, type Described } from '../components/element'
import { lateElement } from '../engine/parts'
import { type About, abouts, apis, defineDirect, direct, objects } from './define'

const CALLBACKS = new Set(['success', 'fail', 'complete'])

function ofCall({ params = {}, returns }: About, member: string | undefined, field: string | undefined): boolean {
  if (!member) return true
  if (member === 'object') return !field || field in params || CALLBACKS.has(field)
  if (member === 'return' || member === 'callback' || CALLBACKS.has(member)) return !field || !returns || returns.includes(field)
  return member in params
}

function elementOf(name: string): Described | undefined {
  const here = builtIns.get(name)
  return here ? { attributes: Object.fromEntries(Object.entries(here.attributes).map(([key, { values = null }]) => [key, values])), events: here.events } : lateElement(name)
}

export function canIUse(schema: unknown): boolean {
  const [name = '', member, field] = String(schema).split('.')
  const known = apis.get(name) ?? abouts.get(name)
  if (known) return ofCall(known, member, field)
  if (direct.has(name)) return true
  const object = objects.get(name)
  if (object) return !member || object.has(member)
  const element = elementOf(name)
  if (!element) return false
  if (!member) return true
  if (member.startsWith('bind')) return element.events.includes(member.slice(4).replace(/^:/, ''))
  return member in element.attributes && (!field || Boolean(element.attributes[member]?.includes(field)))
}

defineDirect('canIUse', canIUse)

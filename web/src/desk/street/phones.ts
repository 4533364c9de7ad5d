/** The phones on the desk: each a person of the demo world, signed in under a profile of their own. */
import { readonly, ref } from 'vue'

import { ApiError } from '@/transport/errors'
import { profiled } from '@/transport/profile'
import { request } from '@/transport/request'

import type { World } from '../builder'

export type Neighbour = World['users'][number]

const KEY = profiled('phones')
const NAME = /^[\w-]{1,32}$/
const DEVICE = 'Desk'

const people = ref<string[]>(read())

/** Usernames, in the order the phones stand. A phone's profile is its person's username. */
export const phones = readonly(people)

function read(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? [...new Set(kept.filter((name): name is string => typeof name === 'string' && NAME.test(name)))] : []
  } catch {
    return []
  }
}

function keep(names: string[]): void {
  people.value = names
  localStorage.setItem(KEY, JSON.stringify(names))
}

/** At first sight two phones: a shopper's and a shop assistant's. People who are not in this world any more go. */
export function furnish(neighbours: readonly Neighbour[], first: readonly string[] = ['linwan', 'zhoujun']): void {
  const known = new Set(neighbours.map((one) => one.username))
  const standing = people.value.filter((name) => known.has(name))
  const wanted = first.filter((name) => known.has(name))
  keep(standing.length > 0 ? standing : wanted.length > 0 ? wanted : neighbours.slice(0, 2).map((one) => one.username))
}

export function addPhone(username: string): void {
  if (!people.value.includes(username)) keep([...people.value, username])
}

export function switchPhone(from: string, to: string): void {
  if (!people.value.includes(to)) keep(people.value.map((name) => (name === from ? to : name)))
}

export function removePhone(username: string): void {
  keep(people.value.filter((name) => name !== username))
}

const profileKey = (username: string, name: string): string => `hutong.${username}.${name}`

/** Signs the person in on their phone, unless the session kept there is still good. */
export async function signInPhone(person: Neighbour): Promise<void> {
  const key = profileKey(person.username, 'session')
  const kept = tokenIn(localStorage.getItem(key))
  if (kept !== null && (await isGood(kept))) return
  const body = { username: person.username, password: person.password, device: DEVICE }
  localStorage.setItem(key, JSON.stringify(await request('POST', '/sessions', { body })))
}

function tokenIn(text: string | null): string | null {
  try {
    const session = JSON.parse(text ?? 'null') as { token?: unknown } | null
    return typeof session?.token === 'string' ? session.token : null
  } catch {
    return null
  }
}

async function isGood(token: string): Promise<boolean> {
  try {
    await request('GET', '/me', { token })
    return true
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return false
    throw error
  }
}

/** The phone looks and speaks as the desk does. */
export function dress(username: string, looks: Record<'theme' | 'locale', string>): void {
  for (const [name, value] of Object.entries(looks)) localStorage.setItem(profileKey(username, name), value)
}

export const addressOf = (username: string): string => `/p/${username}/`

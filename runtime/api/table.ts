/** The table of `wx` and of the elements as data, for the build: the reference page and the compiler read it. */

import './index'
import { builtIns } from '../components/element'
import { abouts, apis, direct, objects } from './define'

export interface Table {
  apis: Record<string, { source?: string; runsIn?: 'host' | 'frame'; params?: Record<string, string>; returns?: string[] }>
  objects: Record<string, string[]>
  elements: Record<string, { attributes: Record<string, string[] | null>; events: string[] }>
}

export function table(): Table {
  return {
    apis: {
      ...Object.fromEntries([...direct.keys()].map((name) => [name, abouts.get(name) ?? {}])),
      ...Object.fromEntries([...apis].map(([name, { source, runsIn, params, returns }]) => [name, { source, runsIn, params, returns }])),
    },
    objects: Object.fromEntries([...objects].map(([name, members]) => [name, [...members].sort()])),
    elements: Object.fromEntries(
      [...builtIns].map(([name, one]) => [name, { attributes: Object.fromEntries(Object.entries(one.attributes).map(([key, attribute]) => [key, attribute.values ? [...attribute.values] : null])), events: [...one.events] }]),
    ),
  }
}

/**
 * One path of a long list: compiled templates go through every item again, to find in each of its nodes that nothing
 * of it has changed. Where an item looks at nothing but itself, that is said once for all of it, at its beginning.
 */

import { type Node, parse } from 'acorn'

import { children } from './scripts'

interface Identifier extends Node {
  name: string
}
interface Arrow extends Node {
  params: Identifier[]
  body: Node
}

/** What the template compiler calls the functions of the engine, which an item may use. The data is `D`, what changed of it `U`. */
const HARMLESS = new Set(['R', 'K', 'L', 'M', 'O'])
const isTemplate = ({ params }: Arrow): boolean => params.map((one) => one.name).join() === 'R,C,D,U,A'

/** Compiled templates whose items pass what did not change. */
export function skipUnchanged(code: string): string {
  const at: { position: number; guard: string }[] = []

  const look = (node: Node, scope: ReadonlyMap<string, Node | null>): void => {
    let inner = scope
    // What is around a whole template (its scripts, the engine's functions) never changes.
    if (node.type === 'ArrowFunctionExpression') inner = new Map([...(isTemplate(node as Arrow) ? [] : scope), ...declared(node as Arrow)])
    else if (node.type === 'CallExpression') {
      const { callee, arguments: args } = node as Node & { callee: Identifier; arguments: Identifier[] }
      const item = callee.name === 'F' && args.length === 5 ? scope.get(args[4]!.name) : undefined
      if (item && scope.has('K') && !outside(item, scope)) {
        const [creating, , , changed, moved] = (item as Arrow).params.map((param) => param.name)
        at.push({ position: (item as Arrow).body.start + 1, guard: `if(!${creating}&&!K&&!${changed}&&!${moved})return;` })
      }
    }
    for (const child of children(node)) look(child, inner)
  }
  look(parse(code, { ecmaVersion: 'latest' }), new Map())

  let out = ''
  let from = 0
  for (const { position, guard } of at.sort((one, other) => one.position - other.position)) {
    out += code.slice(from, position) + guard
    from = position
  }
  return out + code.slice(from)
}

/** The names a function gives itself: its parameters, and its variables with the functions that are in them. */
function declared(arrow: Arrow): Map<string, Node | null> {
  const names = new Map<string, Node | null>(arrow.params.map((param) => [param.name, null]))
  const look = (node: Node): void => {
    if (node.type === 'VariableDeclarator') {
      const { id, init } = node as Node & { id: Identifier; init: Node | null }
      names.set(id.name, init?.type === 'ArrowFunctionExpression' ? init : null)
    }
    if (node.type !== 'ArrowFunctionExpression' && node.type !== 'FunctionExpression') for (const child of children(node)) look(child)
  }
  look(arrow.body)
  return names
}

/** Whether it uses a name of the functions around it that may change without the item. */
function outside(item: Node, scope: ReadonlyMap<string, unknown>): boolean {
  const look = (node: Node, own: ReadonlySet<string>): boolean => {
    if (node.type === 'ArrowFunctionExpression') {
      const inner = new Set([...own, ...declared(node as Arrow).keys()])
      return children(node).some((child) => look(child, inner))
    }
    if (node.type === 'Identifier') {
      const { name } = node as Identifier
      return !own.has(name) && !HARMLESS.has(name) && scope.has(name)
    }
    if (node.type === 'MemberExpression') {
      const { object, property, computed } = node as Node & { object: Node; property: Node; computed: boolean }
      return look(object, own) || (computed && look(property, own))
    }
    if (node.type === 'Property') {
      const { key, value, computed } = node as Node & { key: Node; value: Node; computed: boolean }
      return (computed && look(key, own)) || look(value, own)
    }
    return children(node).some((child) => look(child, own))
  }
  return look(item, new Set())
}

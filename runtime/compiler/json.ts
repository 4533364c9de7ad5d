/** Where a text stops being JSON, and why: engines say it in different words, or not at all. */

const TOKEN = /[\s\uFEFF]*(?:([{}[\],:])|("(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})|[^"\\\u0000-\u001f])*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])|(\/\/|\/\*)|$|([^]))/y

type Expecting = 'value' | 'key' | 'key or }' | 'value or ]' | ':' | ', or }' | ', or ]' | 'end'

/** For a text `JSON.parse` refuses. */
export function jsonProblem(text: string): { message: string; offset: number } {
  const open: ('{' | '[')[] = []
  let expecting: Expecting = 'value'
  let at = 0
  const afterValue = (): Expecting => (open.length === 0 ? 'end' : open[open.length - 1] === '{' ? ', or }' : ', or ]')
  for (;;) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)!
    const [whole, mark, string, literal, comment, other] = match
    const token = mark ?? string ?? literal ?? comment ?? other ?? ''
    const offset = at + whole.length - token.length
    at = TOKEN.lastIndex
    const wanted = (): { message: string; offset: number } => ({ message: token === '' ? `it ends where ${spoken(expecting)} is expected` : `${token.length > 20 ? `${token.slice(0, 20)}…` : token} stands where ${spoken(expecting)} is expected`, offset })
    if (comment !== undefined) return { message: 'comments are not allowed in it', offset }
    if (other === "'") return { message: 'texts stand in double quotes', offset }
    if (other === '"') return { message: 'a text is not closed, or has a character that must be escaped', offset }
    const value = string ?? literal
    if (value !== undefined) {
      if (string !== undefined && (expecting === 'key' || expecting === 'key or }')) expecting = ':'
      else if (expecting === 'value' || expecting === 'value or ]') expecting = afterValue()
      else return wanted()
    } else if (mark === '{' || mark === '[') {
      if (expecting !== 'value' && expecting !== 'value or ]') return wanted()
      open.push(mark)
      expecting = mark === '{' ? 'key or }' : 'value or ]'
    } else if (mark === '}' && (expecting === 'key or }' || expecting === ', or }')) {
      open.pop()
      expecting = afterValue()
    } else if (mark === ']' && (expecting === 'value or ]' || expecting === ', or ]')) {
      open.pop()
      expecting = afterValue()
    } else if (mark === ',' && expecting === ', or }') expecting = 'key'
    else if (mark === ',' && expecting === ', or ]') expecting = 'value'
    else if (mark === ':' && expecting === ':') expecting = 'value'
    else return token === '' && expecting === 'end' ? { message: 'it is nested too deeply', offset: 0 } : wanted()
  }
}

function spoken(expecting: Expecting): string {
  if (expecting === 'value') return 'a value'
  if (expecting === 'key') return 'a name in double quotes'
  if (expecting === 'key or }') return 'a name in double quotes or }'
  if (expecting === 'value or ]') return 'a value or ]'
  return expecting === 'end' ? 'the end' : expecting
}

import { describe, expect, it } from 'vitest'

import { correct } from './reedSolomon'

// Made by `hutong.kernel.round_codes.parity` for the bytes 1 … 11: a word of 37 with 26 of parity.
const WORD = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 7, 37, 255, 136, 132, 102, 178, 248, 224, 198, 60, 13, 17, 144, 226, 77, 36, 9, 65, 235, 97, 160, 201, 190, 9, 252])

/** Numbers that are the same in every run. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function stained(errors: number, roll: () => number): Uint8Array {
  const word = WORD.slice()
  const places = new Set<number>()
  while (places.size < errors) places.add(Math.floor(roll() * word.length))
  for (const place of places) word[place] = (word[place] as number) ^ (1 + Math.floor(roll() * 255))
  return word
}

describe('Reed–Solomon', () => {
  it('leaves a whole word as it is', () => {
    expect(correct(WORD, 26)).toEqual(WORD)
  })

  it('puts up to half as many wrong bytes right as there are of parity', () => {
    for (let errors = 1; errors <= 13; errors += 1) for (let seed = 0; seed < 20; seed += 1) expect(correct(stained(errors, dice(errors * 100 + seed)), 26)).toEqual(WORD)
  })

  it('never takes more for the word that it was', () => {
    for (let seed = 0; seed < 200; seed += 1) expect(correct(stained(14 + (seed % 10), dice(seed)), 26)).not.toEqual(WORD)
  })
})

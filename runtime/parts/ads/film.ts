/** An advertisement before a film: it lies over the film until its time is up or it is closed. */

import { draw, find, type Found } from './place'

const LASTS_S = 5

/** Resolves when the film may play. Tells `adload`, `adplay` ({ type: begin, end }) and `adclose`, or `aderror` with the published number. */
export async function beforeFilm(film: HTMLElement, unitId: string, tell: (event: string, detail: object) => void): Promise<void> {
  let found: Found
  try {
    found = await find(unitId, ['VIDEO'])
  } catch (error) {
    tell('aderror', { ...(error as object) })
    return
  }
  tell('adload', {})
  const box = document.createElement('div')
  box.className = 'h-ad-film'
  await new Promise<void>((over) => {
    draw(box, found, over)
    const left = document.createElement('span')
    left.className = 'h-ad-left'
    box.append(left)
    film.append(box)
    let seconds = LASTS_S
    const turn = (): void => {
      left.textContent = `${seconds} s`
      if (seconds === 0 || !box.isConnected) {
        clearInterval(turning)
        over()
      }
      seconds -= 1
    }
    const turning = setInterval(turn, 1000)
    turn()
    tell('adplay', { type: 'begin' })
  })
  box.remove()
  tell('adplay', { type: 'end' })
  tell('adclose', {})
}

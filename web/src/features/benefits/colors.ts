/** The published colours of coupons, each deep enough for white words on it. */
import type { Color } from '@/api'

const DEEP: Record<Color, string> = {
  Color010: '#2f7a3b',
  Color020: '#1c7350',
  Color030: '#286b93',
  Color040: '#3960a8',
  Color050: '#7145a3',
  Color060: '#85601a',
  Color070: '#846204',
  Color080: '#a2560f',
  Color081: '#9a5200',
  Color082: '#56720a',
  Color090: '#ac452b',
  Color100: '#b2362e',
  Color101: '#ac2b25',
  Color102: '#515963',
}

export const deep = (color: Color): string => DEEP[color]

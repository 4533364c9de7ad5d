/** The provinces, cities and counties of China by their published codes. */

import { areaList } from '@vant/area-data'

export interface Division {
  code: string
  name: string
}

const list = (names: Record<string, string>, prefix: string): Division[] =>
  Object.entries(names).filter(([code]) => code.startsWith(prefix)).map(([code, name]) => ({ code, name }))

export const provinces = (): Division[] => list(areaList.province_list, '')
export const cities = (province: string): Division[] => list(areaList.city_list, province.slice(0, 2))
export const counties = (city: string): Division[] => list(areaList.county_list, city.slice(0, 4))

/** Where the device is, and places a person chooses or is shown. */

import { program } from '../engine/program'
import { defineApi } from './define'
import { heard } from './device'

const host = (name: string, params: Parameters<typeof defineApi>[1]['params'] = {}): void => defineApi(name, { source: `miniprogram/location/wx.${name}`, params, runsIn: 'host' })

host('getLocation', { type: 'text?', altitude: 'flag?', isHighAccuracy: 'flag?', highAccuracyExpireTime: 'number?' })
host('getFuzzyLocation', { type: 'text?' })
host('chooseLocation', { latitude: 'number?', longitude: 'number?' })
host('choosePoi')
host('openLocation', { latitude: 'number', longitude: 'number', scale: 'number?', name: 'text?', address: 'text?' })
host('startLocationUpdate', { type: 'text?' })
host('startLocationUpdateBackground', { type: 'text?' })
host('stopLocationUpdate')

const moved = heard('LocationChange')
const lost = heard('LocationChangeError')

export function listenToLocation(): void {
  program().host.on('location', moved)
  program().host.on('locationFailed', (failure: { errMsg: string; errCode: number }) => lost(failure))
}

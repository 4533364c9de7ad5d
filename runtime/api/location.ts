/** Where the device is, and places a person chooses or is shown. */

import { program } from '../engine/program'
import { defineApi } from './define'
import { heard } from './device'

const host = (name: string, params: Parameters<typeof defineApi>[1]['params'] = {}, declared = false): void => defineApi(name, { source: `miniprogram/location/wx.${name}`, params, runsIn: 'host', declared })

host('getLocation', { type: 'text?', altitude: 'flag?', isHighAccuracy: 'flag?', highAccuracyExpireTime: 'number?' }, true)
host('getFuzzyLocation', { type: 'text?' }, true)
host('chooseLocation', { latitude: 'number?', longitude: 'number?' }, true)
host('choosePoi', {}, true)
host('openLocation', { latitude: 'number', longitude: 'number', scale: 'number?', name: 'text?', address: 'text?' })
host('startLocationUpdate', { type: 'text?' }, true)
host('startLocationUpdateBackground', { type: 'text?' }, true)
host('stopLocationUpdate')

const moved = heard('LocationChange')
const lost = heard('LocationChangeError')

export function listenToLocation(): void {
  program().host.on('location', moved)
  program().host.on('locationFailed', (failure: { errMsg: string; errCode: number }) => lost(failure))
}

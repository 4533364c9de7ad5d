/** The published words and numbers of what no web page can do, where they are more than "not supported". */

export interface Refusal {
  errMsg: string
  errno?: number
  errCode?: number
}

const both = (errMsg: string, code: number): Refusal => ({ errMsg, errno: code, errCode: code })

const REFUSALS: [refusal: Refusal, names: string][] = [
  [both('not available', 1500102), 'openBluetoothAdapter closeBluetoothAdapter getBluetoothAdapterState getBluetoothDevices getConnectedBluetoothDevices startBluetoothDevicesDiscovery stopBluetoothDevicesDiscovery makeBluetoothPair isBluetoothDevicePaired'],
  [both('not init', 1500101), 'createBLEConnection closeBLEConnection getBLEDeviceServices getBLEDeviceCharacteristics getBLEDeviceRSSI getBLEMTU setBLEMTU notifyBLECharacteristicValueChange readBLECharacteristicValue writeBLECharacteristicValue createBLEPeripheralServer'],
  [both('unsupport', 11000), 'startBeaconDiscovery stopBeaconDiscovery getBeacons'],
  [both('the device does not support NFC', 13000), 'getHCEState startHCE stopHCE sendHCEMessage'],
  [both('system not support', 12001), 'startWifi stopWifi connectWifi getWifiList getConnectedWifi setWifiList'],
  [both('not supported', 90001), 'startSoterAuthentication checkIsSupportSoterAuthentication checkIsSoterEnrolledInDevice'],
  [both('device not support', 15101), 'getWeRunData'],
]

export const refusals = new Map<string, Refusal>(REFUSALS.flatMap(([refusal, names]) => names.split(' ').map((name): [string, Refusal] => [name, refusal])))

/** What each scope is called where a person reads it. */
const KEYS: Record<string, string> = {
  'scope.userInfo': 'profile',
  snsapi_userinfo: 'profile',
  'scope.userLocation': 'location',
  'scope.userFuzzyLocation': 'about',
  'scope.userLocationBackground': 'behind',
  'scope.phoneNumber': 'phone',
  phone: 'phone',
  'scope.record': 'record',
  'scope.camera': 'camera',
  'scope.writePhotosAlbum': 'album',
  'scope.addPhoneContact': 'contact',
  'scope.addPhoneCalendar': 'calendar',
  'scope.address': 'address',
  'scope.invoice': 'invoice',
  'scope.invoiceTitle': 'invoice',
  'scope.WxFriendInteraction': 'friends',
  'scope.werun': 'steps',
  'scope.bluetooth': 'bluetooth',
  'scope.privacy': 'privacy',
}

export function scopeName(scope: string, t: (key: string) => string): string {
  const key = KEYS[scope]
  return key === undefined ? scope : t(`settings.scope.${key}`)
}

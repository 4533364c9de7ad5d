/** A page opened from moments stands alone: nobody is signed in there, and it leads nowhere but to its program. */

export const SINGLE_PAGE = 1154

/** What it may not ask for, as published: who somebody is, their money and things, their device, and other programs. */
export const BARRED = new Set([
  'login', 'checkSession', 'getUserInfo', 'getUserProfile', 'getPhoneNumber', 'chooseAvatar', 'authorize', 'authorizeForMiniProgram', 'getSetting', 'openSetting', 'requestSubscribeMessage', 'checkIsAddedToMyMiniProgram',
  'requestPayment', 'chooseAddress', 'chooseInvoiceTitle', 'chooseLicensePlate', 'addCard', 'openCard', 'chooseContact', 'addPhoneContact', 'addPhoneCalendar',
  'chooseMedia', 'chooseMessageFile', 'saveToAlbum', 'openDocument', 'scanCode', 'startCamera', 'startRecord', 'chooseLocation', 'choosePoi', 'openLocation', 'getClipboardData',
  'navigateToMiniProgram', 'openEmbeddedMiniProgram', 'navigateBackMiniProgram', 'exitMiniProgram', 'restartMiniProgram', 'openContact', 'openOfficialAccountProfile', 'openOfficialAccountArticle', 'openOfficialAccountChat', 'openWebView',
  'shareAppMessage', 'shareFile', 'showShareMenu', 'hideShareMenu', 'updateShareMenu', 'getShareInfo',
])

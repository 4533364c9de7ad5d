import Taro, { useLaunch } from '@tarojs/taro'

export default function App({ children }) {
  useLaunch(() => Taro.setStorageSync('launched', 'yes'))
  return children
}

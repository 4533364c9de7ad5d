import { View } from '@tarojs/components'
import Taro, { useLoad } from '@tarojs/taro'
import { useState } from 'react'

export default function Detail() {
  const [name, setName] = useState('')
  useLoad((query) => setName(query.name))
  return <View className="name" onClick={() => Taro.navigateBack()}>about {name}</View>
}

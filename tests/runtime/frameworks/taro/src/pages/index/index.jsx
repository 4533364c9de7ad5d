import { Button, Input, Navigator, Text, View } from '@tarojs/components'
import Taro, { useLoad } from '@tarojs/taro'
import { useState } from 'react'

import './index.css'

function Task({ name, done, onToggle, children }) {
  return (
    <View className={done ? 'task done' : 'task'} onClick={() => onToggle(name)}>
      <Text>{done ? '✓' : '○'} {name}</Text>
      {children}
    </View>
  )
}

export default function Index() {
  const [tasks, setTasks] = useState([{ name: 'tea', done: false }, { name: 'rice', done: true }])
  const [word, setWord] = useState('')
  const [opened, setOpened] = useState('')
  useLoad(() => setOpened(Taro.getStorageSync('launched')))
  const toggle = (name) => setTasks(tasks.map((one) => (one.name === name ? { ...one, done: !one.done } : one)))
  const add = () => {
    setTasks([...tasks, { name: word, done: false }])
    setWord('')
  }
  return (
    <View>
      <View className="left">{tasks.filter((one) => !one.done).length} left, {opened}</View>
      {tasks.map((one) => (
        <Task key={one.name} {...one} onToggle={toggle}>
          {one.done && <Text className="note">done</Text>}
        </Task>
      ))}
      <Input className="word" value={word} placeholder="task" onInput={(event) => setWord(event.detail.value)} />
      <Button className="add" onClick={add}>add</Button>
      <Navigator className="more" url="/pages/detail/detail?name=tea">more</Navigator>
    </View>
  )
}

/** Films: the players of the page and of the live rooms, and the camera. */

import '../components/camera'
import '../components/live'
import '../components/live-pusher'
import '../components/video'
import { addSheet } from '../engine/loader'
import css from '../components/players.css'

addSheet('base', css)

/** Choosing from columns, in the page and in a sheet from below. */

import '../components/picker'
import '../components/picker-view'
import { addSheet } from '../engine/loader'
import css from '../components/picker.css'

addSheet('base', css)

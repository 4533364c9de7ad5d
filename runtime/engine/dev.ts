/** The frame's script for the dev tools: the same runtime, with a hand inside that answers them. */

import './agent'
import './index'

/** What a finger moves about and makes larger. */

import '../components/movable'

const TINTS = ['#e3efe6', '#f2ead9', '#eadfd6', '#e2e8f0', '#f0e2e6']

Component({
  properties: { goods: String },
  data: { src: '', tint: TINTS[0] },
  observers: {
    goods(id) {
      const sum = Array.from(id || '').reduce((total, char) => total + char.charCodeAt(0), 0)
      this.setData({ src: id ? `/images/${id}.svg` : '', tint: TINTS[sum % TINTS.length] })
    },
  },
  methods: {
    missing() {
      if (this.data.src !== '/images/goods.svg') this.setData({ src: '/images/goods.svg' })
    },
  },
})

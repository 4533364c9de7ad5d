export default {
  pages: ['pages/index/index', 'pages/detail/detail'],
  window: { navigationBarBackgroundColor: '#f8f8f8', navigationBarTextStyle: 'black', navigationBarTitleText: 'Tasks' },
}

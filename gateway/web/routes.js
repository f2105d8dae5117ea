// The routes of the client. A new view is a file in views/ and a line here. The server answers the
// first segments of these paths with the client's page; gateway/src/web_files lists them.
//
// `access`: `signed-in` or `signed-out` restricts a route; without it, everyone may open it.
// `nav` is its label in the navigation bar, `icon` that of an icon beside it, `menu` that in the
// account menu.

export const routes = [
  { path: '/', view: './views/welcome.js' },
  { path: '/register', view: './views/register.js', access: 'signed-out' },
  { path: '/login', view: './views/login.js', access: 'signed-out' },
  { path: '/play', view: './views/play/play.js', access: 'signed-in', nav: 'Play' },
  { path: '/matches', view: './views/matches/history.js', access: 'signed-in', menu: 'Matches' },
  { path: '/matches/live', view: './views/matches/live.js', access: 'signed-in' },
  { path: '/matches/:id', view: './views/match/match.js', access: 'signed-in' },
  { path: '/leaderboards', view: './views/leaderboard.js', access: 'signed-in', menu: 'Leaderboards' },
  { path: '/leaderboards/:game', view: './views/leaderboard.js', access: 'signed-in' },
  { path: '/friends', view: './views/friends.js', access: 'signed-in', nav: 'Friends' },
  { path: '/chats', view: './views/chats.js', access: 'signed-in', nav: 'Chats' },
  { path: '/chats/:username', view: './views/chat.js', access: 'signed-in' },
  { path: '/chats/room/:id', view: './views/room.js', access: 'signed-in' },
  { path: '/chats/lobby/:name', view: './views/lobby.js', access: 'signed-in' },
  { path: '/invites', view: './views/invites.js', access: 'signed-in', nav: 'Invites' },
  { path: '/notifications', view: './views/notifications.js', access: 'signed-in', icon: 'Notifications' },
  { path: '/people', view: './views/people.js', access: 'signed-in', nav: 'People' },
  { path: '/people/:username', view: './views/person.js', access: 'signed-in' },
  { path: '/profile', view: './views/profile.js', access: 'signed-in', menu: 'Profile' },
  { path: '/notifications/preferences', view: './views/notification-preferences.js', access: 'signed-in', menu: 'Notification settings' },
  { path: '/profile/games', view: './views/game-settings.js', access: 'signed-in', menu: 'Games' },
  { path: '/security', view: './views/security.js', access: 'signed-in', menu: 'Security' },
  { path: '/account/verify-email', view: './views/verify-email.js' },
  { path: '/account/forgot-password', view: './views/forgot-password.js' },
  { path: '/account/reset-password', view: './views/reset-password.js' },
  { path: '/account/export', view: './views/export.js', access: 'signed-in', menu: 'Your data' },
  { path: '/account/delete', view: './views/delete-account.js', access: 'signed-in' },
];

// The routes of the client. A new view is a file in views/ and a line here. The server answers the
// first segments of these paths with the client's page; gateway/src/web_files lists them.
//
// `access`: `signed-in` or `signed-out` restricts a route; without it, everyone may open it.
// `nav` is its label in the navigation bar, `icon` that of an icon beside it, `menu` that in the
// account menu, `tile` its title and text on the home page.

export const routes = [
  { path: '/', view: './views/welcome.js' },
  { path: '/register', view: './views/register.js', access: 'signed-out' },
  { path: '/login', view: './views/login.js', access: 'signed-out' },
  { path: '/friends', view: './views/friends.js', access: 'signed-in', nav: 'Friends', tile: ['Friends', 'See who’s online and answer friend requests.'] },
  { path: '/chats', view: './views/chats.js', access: 'signed-in', nav: 'Chats', tile: ['Chats', 'Message your friends and join rooms.'] },
  { path: '/chats/:username', view: './views/chat.js', access: 'signed-in' },
  { path: '/chats/room/:id', view: './views/room.js', access: 'signed-in' },
  { path: '/chats/lobby/:name', view: './views/lobby.js', access: 'signed-in' },
  { path: '/invites', view: './views/invites.js', access: 'signed-in', nav: 'Invites', tile: ['Invites', 'Challenge someone to a game.'] },
  { path: '/notifications', view: './views/notifications.js', access: 'signed-in', icon: 'Notifications' },
  { path: '/people', view: './views/people.js', access: 'signed-in', nav: 'People', tile: ['Find people', 'Search for people by name.'] },
  { path: '/people/:username', view: './views/person.js', access: 'signed-in' },
  { path: '/profile', view: './views/profile.js', access: 'signed-in', menu: 'Profile', tile: ['Your profile', 'Name, picture, theme, privacy.'] },
  { path: '/notifications/preferences', view: './views/notification-preferences.js', access: 'signed-in', menu: 'Notification settings' },
  { path: '/profile/games', view: './views/game-settings.js', access: 'signed-in', menu: 'Games', tile: ['Games', 'Choose your court and your computer opponent.'] },
  { path: '/security', view: './views/security.js', access: 'signed-in', menu: 'Security', tile: ['Security', 'Password, two-step login, sessions.'] },
  { path: '/account/verify-email', view: './views/verify-email.js' },
  { path: '/account/forgot-password', view: './views/forgot-password.js' },
  { path: '/account/reset-password', view: './views/reset-password.js' },
  { path: '/account/export', view: './views/export.js', access: 'signed-in', menu: 'Your data' },
  { path: '/account/delete', view: './views/delete-account.js', access: 'signed-in' },
];

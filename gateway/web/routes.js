// Where each view lives. A new view is a file in views/ and a line here. The server answers the
// client for the first parts of these paths, which gateway/src/http/pages lists.
//
// `access`: `in` for people who are signed in, `out` for those who are not, or nothing for all.
// `nav` puts it into the bar, `bell` beside it, `menu` into one's own menu, `tile` onto one's start page.

export const routes = [
  { path: '/', view: './views/welcome.js' },
  { path: '/register', view: './views/register.js', access: 'out' },
  { path: '/login', view: './views/login.js', access: 'out' },
  { path: '/friends', view: './views/friends.js', access: 'in', nav: 'Friends', tile: ['Friends', 'Who is around, and who asks.'] },
  { path: '/chats', view: './views/chats.js', access: 'in', nav: 'Chats', tile: ['Chats', 'Talk to your friends.'] },
  { path: '/chats/:username', view: './views/chat.js', access: 'in' },
  { path: '/chats/room/:id', view: './views/room.js', access: 'in' },
  { path: '/chats/lobby/:name', view: './views/lobby.js', access: 'in' },
  { path: '/invites', view: './views/invites.js', access: 'in', nav: 'Invites', tile: ['Invites', 'Ask somebody to a game.'] },
  { path: '/notifications', view: './views/notifications.js', access: 'in', bell: 'Notifications' },
  { path: '/people', view: './views/people.js', access: 'in', nav: 'People', tile: ['Find people', 'Look somebody up by name.'] },
  { path: '/people/:username', view: './views/person.js', access: 'in' },
  { path: '/profile', view: './views/profile.js', access: 'in', menu: 'Profile', tile: ['Your profile', 'Name, picture, colours, privacy.'] },
  { path: '/notifications/preferences', view: './views/notification-preferences.js', access: 'in', menu: 'What to be told of' },
  { path: '/profile/games', view: './views/game-settings.js', access: 'in', menu: 'Games', tile: ['Games', 'How the court looks, and how the computer plays.'] },
  { path: '/security', view: './views/security.js', access: 'in', menu: 'Security', tile: ['Security', 'Password, second step, sessions.'] },
  { path: '/account/verify-email', view: './views/verify-email.js' },
  { path: '/account/forgot-password', view: './views/forgot-password.js' },
  { path: '/account/reset-password', view: './views/reset-password.js' },
  { path: '/account/export', view: './views/export.js', access: 'in', menu: 'Your data' },
  { path: '/account/delete', view: './views/delete-account.js', access: 'in' },
];

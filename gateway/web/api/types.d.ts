// Generated from openapi.json and asyncapi.json by tests/documents/wire-types.js: npm run wire-types -- --write.
/* eslint-disable */

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    /** @description The action succeeded. */
    Ack: {
      /** @description The `cid` of the action. */
      cid: string;
      /** @description After `new_message`: id of the stored message, or of the earlier one with the same `client_id`. */
      id?: string | null;
      /** @description Number of this message in its chat. */
      seq?: number | null;
    };
    /** @description The data of the action `add_new_friend`. */
    AddNewFriend: {
      /** @description The receiver's id. */
      receiver_id: string;
      /** @description The sender's id: that of the current user. */
      sender_id: string;
    };
    /** @description Unread messages and notifications. */
    AllUnread: components['schemas']['Unread'] & {
      /** @description Unread notifications. */
      notifications: components['schemas']['Badges'];
    };
    /** @description The data of the actions `user_online` and `user_offline`. */
    AnnouncePresence: {
      /** @description The username of the current user. */
      username: string;
    };
    /** @description The action `new_tournament`: notifies the invited users. */
    AnnounceTournament: {
      /** @description Id of the organizer, who must be the current user. */
      organizer_id: string;
      /** @description Tournament id. */
      tournament_id: string;
      /** @description Name of the tournament. */
      tournament_name: string;
    };
    /**
     * @description An announcement to all users: the data of the action `notification`, for administrators, and of
     *     notifications with the action `system`.
     */
    Announcement: {
      /** @description The text: 1 to 500 characters of plain text. */
      message: string;
      /** @description The type. */
      type: components['schemas']['AnnouncementType'];
    };
    /**
     * @description The type of an announcement.
     * @enum {string}
     */
    AnnouncementType: 'info' | 'warning' | 'maintenance';
    /**
     * @description A change of notifications.
     * @enum {string}
     */
    BadgeChange: 'read' | 'deleted';
    /** @description The data of the event `badge_update`: notifications were changed by another tab or by the server. */
    BadgeUpdate: {
      /** @description Whether all notifications were changed. */
      all: boolean;
      /** @description The change. */
      change: components['schemas']['BadgeChange'];
      /** @description The ids of the changed notifications; empty if all were changed. */
      ids: string[];
      /** @description The unread counts after the change. */
      unread: components['schemas']['Badges'];
    };
    /** @description The numbers of unread notifications. */
    Badges: {
      /** @description By kind. Kinds without unread notifications are left out. */
      by_action: {
        [key: string]: number;
      };
      /** @description The total. */
      total: number;
    };
    /** @description A user whom the current user has blocked; also the data of the event `user_blocked`. */
    BlockedUser: {
      /** @description When the user was blocked. */
      created_at: components['schemas']['Timestamp'];
      /** @description The blocked user. */
      user: components['schemas']['UserSummary'];
    };
    /**
     * @description The part of a tournament that a slot belongs to.
     * @enum {string}
     */
    BracketPart: 'upper' | 'lower' | 'final' | 'third_place' | 'round_robin' | 'play_off' | 'swiss';
    /**
     * @description Why an invite ended without an answer, or was not sent.
     * @enum {string}
     */
    CancelReason: 'canceled' | 'expired' | 'refused';
    /** @description The event `chat_joined`, sent to the user who joined. Events of the chat follow. */
    ChatJoined: {
      /** @description Chat id. */
      chat_id: string;
      /** @description Epoch of the chat's stream. */
      epoch: number;
      /** @description Kind of chat. */
      kind: components['schemas']['ChatKind'];
      /** @description Name of the lobby or title of the room; empty for conversations. */
      name: string;
      /** @description Number of the newest event in the chat's stream at that time. */
      seq: number;
    };
    /**
     * @description Kind of chat.
     * @enum {string}
     */
    ChatKind: 'direct' | 'lobby' | 'room';
    /** @description The actions and events `join_chat` and `room_created`. */
    ChatRef: {
      /** @description Chat id. */
      chat_id: string;
    };
    /**
     * @description The status that a user has chosen.
     * @enum {string}
     */
    ChosenStatus: 'online' | 'away' | 'invisible';
    /** @description Timestamp set by the client, returned unchanged. */
    ClientTimestamp: number | string;
    /**
     * @description The event `conversation_deleted`, sent to the user's other sockets: the messages up to `seq` are
     *     deleted for the user.
     */
    ConversationDeleted: {
      /** @description Chat id. */
      chat_id: string;
      /** @description Number of the last deleted message. */
      seq: number;
    };
    /**
     * @description Why a countdown runs.
     * @enum {string}
     */
    CountdownReason: 'start' | 'resumed' | 'returned' | 'recovered';
    /** @description The body that sends an invite. */
    CreateInvite: components['schemas']['CreatePongInvite'] | components['schemas']['CreateTicTacToeInvite'];
    /** @description The body that sends an invite. */
    CreatePongInvite: {
      /** @description An id chosen by the client, which is returned with everything about this invite. */
      client_id?: string | null;
      /**
       * @description The game. The default is `pong`.
       * @enum {string}
       */
      game?: 'pong';
      /** @description The options of the game. Options that are left out get their defaults. */
      options?: components['schemas']['PartialPongOptions'];
      /** @description The receiver's username. */
      username: string;
    };
    /** @description The body that sends an invite. */
    CreateTicTacToeInvite: {
      /** @description An id chosen by the client, which is returned with everything about this invite. */
      client_id?: string | null;
      /**
       * @description The game. The default is `pong`.
       * @enum {string}
       */
      game: 'tictactoe';
      /** @description The options of the game. Options that are left out get their defaults. */
      options?: components['schemas']['PartialTicTacToeOptions'];
      /** @description The receiver's username. */
      username: string;
    };
    /** @description The action `edit_message`: edits a message of the current user. */
    EditMessage: {
      /** @description Content, at most 2000 characters of plain text. */
      content: string;
      /** @description Message id. */
      id: string;
    };
    /** @description Empty data. */
    Empty: Record<string, never>;
    /**
     * @description The state of an entrant.
     * @enum {string}
     */
    EntrantState: 'waiting' | 'registered' | 'checked_in' | 'missed' | 'playing' | 'out' | 'withdrawn' | 'disqualified';
    /** @description An entrant changed. */
    EntrantUpdate: {
      /** @description The entrant. */
      entrant: components['schemas']['TournamentEntrant'];
      /** @description The revision after the change. */
      revision: number;
      /** @description Tournament id. */
      tournament_id: string;
    };
    /**
     * @description The presence of a friend: the data of the events `user_online`, `user_offline` and `user_status`,
     *     and an item of the snapshot.
     */
    FriendPresence: {
      /** @description The friend's presence. */
      status: components['schemas']['Presence'];
      /** @description The friend's id. */
      user_id: string;
      /** @description The friend's username. */
      username: string;
    };
    /** @description The data of the event `friend_removed`, which each of the two users gets about the other. */
    FriendRemoved: {
      /** @description The id of the former friend. */
      user_id: string;
    };
    /** @description A pending friend request; also the data of the event `friend_request`. */
    FriendRequest: {
      /** @description When it was sent. */
      created_at: components['schemas']['Timestamp'];
      /** @description Whether the current user received or sent it. */
      direction: components['schemas']['RequestDirection'];
      /** @description The id of the request. */
      id: string;
      /** @description The receiver's id. */
      receiver_id: string;
      /** @description The sender's id. */
      sender_id: string;
      /** @description The other user. */
      user: components['schemas']['UserSummary'];
    };
    /** @description A notification. */
    FriendRequestNotification: {
      /**
       * @description The kind of notification.
       * @enum {string}
       */
      action: 'friend_request';
      /** @description When it was created. */
      created_at: components['schemas']['Timestamp'];
      /**
       * @description The details, whose type depends on the action: the data of the event of the same name, and for
       *     `new_message` the message, its chat, its sender, and whether it mentions the user.
       */
      data: components['schemas']['FriendRequest'];
      /** @description The id of the notification. */
      id: string;
      /** @description Whether it was read or resolved. */
      is_read: boolean;
    };
    /**
     * @description The data of the event `friend_request_removed`. The request was declined, canceled, or ended by a
     *     block; which of these is not disclosed.
     */
    FriendRequestRemoved: {
      /** @description The id of the request. */
      id: string;
      /** @description The receiver's id. */
      receiver_id: string;
      /** @description The sender's id. */
      sender_id: string;
    };
    /** @description The data of the event `friends_status`, the first event on `/ws/friends/status/`. */
    FriendsPresence: {
      /** @description All friends, including those who are offline. */
      friends: components['schemas']['FriendPresence'][];
    };
    /** @description The data of the event `game_found`, for both players. */
    GameFound: {
      /** @description The game. */
      game: string;
      /** @description The match to join. */
      match_id: string;
      /** @description The other player. */
      opponent: components['schemas']['UserSummary'];
    };
    /** @description The data of the event `game_invite_canceled`, for both players. */
    GameInviteCanceled: {
      /** @description The id chosen by the sender's client. */
      client_id: string | null;
      /** @description The error code, if the invite could not be sent. */
      code?: string | null;
      /** @description The id of the invite; null if it could not be sent. */
      id: string | null;
      /** @description The reason. */
      reason: components['schemas']['CancelReason'];
      /** @description The username of the other player. */
      username: string;
    };
    /** @description A notification. */
    GameInviteNotification: {
      /**
       * @description The kind of notification.
       * @enum {string}
       */
      action: 'game_invite';
      /** @description When it was created. */
      created_at: components['schemas']['Timestamp'];
      /**
       * @description The details, whose type depends on the action: the data of the event of the same name, and for
       *     `new_message` the message, its chat, its sender, and whether it mentions the user.
       */
      data: components['schemas']['Invite'];
      /** @description The id of the notification. */
      id: string;
      /** @description Whether it was read or resolved. */
      is_read: boolean;
    };
    /**
     * @description The speed of the ball.
     * @enum {string}
     */
    GameSpeed: 'slow' | 'medium' | 'fast';
    /** @description The state of a game. */
    GameState: components['schemas']['PongState'] | components['schemas']['TicTacToeState'];
    /** @description The event `hello`, the first frame of a socket. */
    Hello: {
      /** @description Number of seconds for which missed events can be resumed. */
      resume_window: number;
      /** @description Time of the server. */
      server_time: components['schemas']['Timestamp'];
      /** @description Subscribed streams with their current positions. */
      streams: {
        [key: string]: components['schemas']['StreamPosition'];
      };
      /** @description Unread counts. */
      unread: components['schemas']['AllUnread'];
      /** @description The authenticated user. */
      user: components['schemas']['UserSummary'];
    };
    Id: string;
    /** @description An invite; also the data of the events `game_invite` and `game_invite_sent`. */
    Invite: components['schemas']['PongInvite'] | components['schemas']['TicTacToeInvite'];
    /** @description The data of the events `game_accepted` and `game_declined`, for both players. */
    InviteAnswered: {
      /** @description The id chosen by the sender's client. */
      client_id: string | null;
      /** @description The game. */
      game: string;
      /** @description The id of the invite. */
      id: string;
      /** @description The match that was created, if the invite was accepted. */
      match_id?: string | null;
      /** @description The username of the other player. */
      username: string;
    };
    /**
     * @description The origin of an invite.
     * @enum {string}
     */
    InviteOrigin: 'direct' | 'rematch' | 'challenge';
    /**
     * @description The status of an invite.
     * @enum {string}
     */
    InviteStatus: 'pending' | 'accepted' | 'declined' | 'canceled' | 'expired';
    /** @description The event `joined` on the socket of a single chat. */
    Joined: {
      /** @description Chat id. */
      chat_id: string;
      /** @description Kind of chat. */
      kind: components['schemas']['ChatKind'];
      /** @description Name of the lobby, or username of the friend. */
      name: string;
    };
    /** @description The actions `like_message` and `unlike_message`. */
    LikeMessage: {
      /** @description Chat id. */
      chat_id: string;
      /** @description Message id. */
      id: string;
    };
    /** @description The event `chat_like_update`. */
    LikeUpdate: {
      /** @description Chat id. */
      chat_id: string;
      /** @description Message id. */
      id: string;
      /** @description Whether the acting user likes the message now. */
      is_liked: boolean;
      /** @description Number of likes. */
      like_count: number;
      /** @description User id of the sender. */
      sender_id: string;
      /** @description Id of the acting user. */
      user_id: string;
    };
    /** @description The event `member_count` on the socket of a large lobby, in which single users are not reported. */
    LobbyCount: {
      /** @description Number of present users after the change. */
      total: number;
    };
    /** @description The events `member_joined` and `member_left` on the socket of a lobby. */
    LobbyMember: {
      /** @description Number of present users after the change. */
      total: number;
      /** @description The user who joined or left. */
      user: components['schemas']['UserSummary'];
    };
    /**
     * @description The event `members` on the socket of a lobby: the users who are present. It is sent first, and
     *     again if too many changes occur to send each.
     */
    LobbyMembers: {
      /** @description At most 100 of the present users. */
      members: components['schemas']['UserSummary'][];
      /** @description Number of present users. */
      total: number;
    };
    /** @description The event `canceled`: the match ended without a result. */
    MatchCanceled: {
      /** @description Number of the event in its match. */
      number: number;
      /** @description Why. */
      reason: string;
    };
    /** @description The action `chat`. */
    MatchChat: {
      /** @description The text. */
      content: string;
    };
    /** @description The event `chat`. */
    MatchChatSaid: {
      /** @description The text. */
      content: string;
      /** @description Number of the event in its match. */
      number: number;
      /** @description Who wrote it. */
      seat: components['schemas']['SeatName'];
    };
    /** @description The event `countdown`. */
    MatchCountdown: {
      /** @description Number of the event in its match. */
      number: number;
      /** @description Why it runs. */
      reason: components['schemas']['CountdownReason'];
      /** @description Milliseconds until then. */
      remaining_ms: number;
      /** @description When play begins. */
      starts_at: components['schemas']['Timestamp'];
    };
    /** @description The data of the events `match_finished` and `match_canceled`, for each player. */
    MatchEnded: {
      /** @description The game. */
      game: string;
      /** @description The id of the match. */
      match_id: string;
      /** @description Where it came from. */
      mode: components['schemas']['MatchOrigin'];
      opponent: components['schemas']['UserSummary'] | null;
      rating: components['schemas']['RatingDelta'] | null;
      /** @description How it ended. */
      reason: components['schemas']['MatchReason'];
      /**
       * @description Whether the current user waits in the queue again, at the place that they had: the opponent did
       *     not come, or left before the start.
       */
      requeued: boolean;
      result: components['schemas']['PlayerResult'] | null;
      /** @description The points of the current user and of the opponent. */
      score: number[];
    };
    /** @description The event `finished`. It is sent once the result is stored. */
    MatchFinished: {
      /** @description Number of the event in its match. */
      number: number;
      /** @description How the ratings of both seats changed; `null` in unrated matches. */
      rating_change: number[] | null;
      /** @description How it ended. */
      reason: string;
      /** @description Address of the replay. */
      replay: string | null;
      /** @description The points of both seats. */
      score: number[];
      winner: components['schemas']['SeatName'] | null;
    };
    /** @description The action `input` in games of ticks. It is sent when the direction changes, and every half second. */
    MatchInput: {
      /** @description Where the paddle moves: -1 up, 0 not, 1 down. */
      direction: number;
      seat?: components['schemas']['SeatName'] | null;
      /** @description A number that grows with each input. */
      seq: number;
      /** @description The tick in which the client applied it. */
      tick: number;
    };
    /**
     * @description The event `joined`: the match as of now, the first frame after `hello`, and again when the match
     *     has moved to another server.
     */
    MatchJoined: components['schemas']['TableView'] & {
      /** @description The game. */
      game: string;
      /** @description The match. */
      match_id: string;
      /** @description Where the match comes from. */
      mode: components['schemas']['MatchOrigin'];
      opponent: components['schemas']['MatchPlayer'] | null;
      /** @description All options of the game. */
      options: Record<string, never>;
      /** @description Both players, in the order of their seats. */
      players: components['schemas']['MatchPlayer'][];
      result: components['schemas']['MatchFinished'] | null;
      seat: components['schemas']['SeatName'] | null;
      you: components['schemas']['MatchPlayer'] | null;
    };
    /** @description The action `move` in tic-tac-toe. */
    MatchMove: {
      /** @description The field, from 0 (top left) to 8. */
      position: number;
    };
    /**
     * @description Where a match comes from.
     * @enum {string}
     */
    MatchOrigin: 'invite' | 'casual' | 'ranked' | 'tournament' | 'practice' | 'local';
    /** @description The event `paused`. */
    MatchPaused: {
      /** @description Who or what stopped it. */
      by: components['schemas']['PausedBy'];
      /** @description Number of the event in its match. */
      number: number;
      /** @description Seconds until it goes on, or until an absent player loses; `null` if nobody counts. */
      remaining: number | null;
    };
    /**
     * @description The phase of a match.
     * @enum {string}
     */
    MatchPhase: 'open' | 'countdown' | 'playing' | 'paused' | 'interrupted' | 'recovering' | 'finished' | 'canceled';
    /**
     * @description A player of a match. Players are in the order of their seats: the first one is left in Pong, and `X`
     *     in tic-tac-toe.
     */
    MatchPlayer: {
      /** @description The name to show. */
      name: string;
      rating: components['schemas']['RatingDelta'] | null;
      result: components['schemas']['PlayerResult'] | null;
      /** @description The points. */
      score: number;
      /** @description The skill of the computer, 0 to 1,000. */
      skill: number | null;
      /** @description Who plays. */
      type: components['schemas']['PlayerType'];
      user: components['schemas']['UserSummary'] | null;
    };
    /** @description The event `point`. */
    MatchPoint: {
      /** @description Number of the event in its match. */
      number: number;
      /** @description The hits of the rally. */
      rally: number;
      /** @description The points of both seats. */
      score: number[];
      /** @description Who scored. */
      seat: components['schemas']['SeatName'];
      /** @description The tick of the match. */
      tick: number;
    };
    /**
     * @description How a match ended: the first seven with a result, the others without.
     * @enum {string}
     */
    MatchReason:
      | 'score'
      | 'time'
      | 'sudden_death'
      | 'board'
      | 'clock'
      | 'resignation'
      | 'forfeit'
      | 'no_show'
      | 'declined'
      | 'abort'
      | 'void'
      | 'server';
    /** @description The events `rematch_offer`, `rematch_decline` and `rematch_accept`. */
    MatchRematch: {
      match_id: components['schemas']['Id'] | null;
      /** @description Number of the event in its match. */
      number: number;
      /** @description Who offered, declined or accepted. */
      seat: components['schemas']['SeatName'];
    };
    /** @description An event without further data: `resumed`. */
    MatchResumed: {
      /** @description Number of the event in its match. */
      number: number;
    };
    /** @description The event `spectators`. */
    MatchSpectators: {
      /** @description How many watch. */
      count: number;
    };
    /** @description The event `state`, with the fields of the game. */
    MatchStateFrame: components['schemas']['GameState'] & {
      /** @description Number of the server that runs the match. */
      epoch: number;
      /** @description Whether the match stands still. */
      frozen: boolean;
      /** @description The hash of the state. */
      hash: number;
      /** @description The directions of both seats. */
      keys: number[];
      /** @description How many ticks early that input came. */
      lead: number;
      /** @description In games of turns: the milliseconds left for the move. */
      remaining_ms?: number | null;
      /** @description The last input of the current user that it contains. */
      seq: number;
      /** @description Time of the server. */
      server_time: components['schemas']['Timestamp'];
      /** @description The number of ticks or moves so far. */
      tick: number;
    };
    /** @description A message, as visible to the current user. */
    Message: {
      /** @description Chat id. */
      chat_id: string;
      /** @description Client id set by the sender. */
      client_id: string | null;
      /** @description Content as plain text; empty if the message is deleted. */
      content: string;
      /** @description Time at which the message was stored. */
      date: components['schemas']['Timestamp'];
      edited_at: components['schemas']['Timestamp'] | null;
      /** @description Message id. */
      id: string;
      /** @description Whether the sender has deleted the message. Its number is not used again. */
      is_deleted: boolean;
      /** @description Whether the current user likes the message. */
      is_liked: boolean;
      /**
       * @description For messages of the current user: whether the other user has read the message and shares read
       *     receipts. For messages of others: whether the current user has read it.
       */
      is_read: boolean;
      /** @description Number of likes. */
      like_count: number;
      /** @description Users mentioned with `@`. */
      mentions: components['schemas']['UserSummary'][];
      /** @description Id of the message that this message replies to. */
      reply_to: string | null;
      /** @description Sender. */
      sender: components['schemas']['UserSummary'];
      /** @description Number of the message in the chat, from 1, without gaps. */
      seq: number;
    };
    /** @description The event `message_deleted`: the content and the likes of the message are deleted. */
    MessageDeleted: {
      /** @description Chat id. */
      chat_id: string;
      /** @description Message id. */
      id: string;
      /** @description User id of the sender. */
      sender_id: string;
      /** @description Number of the message in the chat. */
      seq: number;
    };
    /** @description The event `message_edited`. */
    MessageEdited: {
      /** @description Chat id. */
      chat_id: string;
      /** @description New content. */
      content: string;
      /** @description Time of the edit. */
      edited_at: components['schemas']['Timestamp'];
      /** @description Message id. */
      id: string;
      /** @description Users mentioned with `@`. */
      mentions: components['schemas']['UserSummary'][];
    };
    /** @description The data of a notification about a message. */
    MessageNotice: {
      /** @description Chat id. */
      chat_id: string;
      /** @description Whether the message mentions the recipient. */
      mention: boolean;
      /** @description Message id. */
      message_id: string;
      /** @description Username of the sender. */
      sender: string;
      /** @description User id of the sender. */
      sender_id: string;
      /** @description Number of the message in the chat. */
      seq: number;
    };
    /** @description The event `message_read`, sent to the sender: all messages up to this one were read. */
    MessageRead: {
      /** @description Chat id. */
      chat_id: string;
      /** @description Id of the newest message that was read. */
      id: string;
      /** @description Number of the message in the chat. */
      seq: number;
      /** @description Id of the user who read it. */
      user_id: string;
    };
    /** @description The actions `delete_message` and `read_message`. */
    MessageRef: {
      /** @description Message id. */
      id: string;
    };
    /** @description The data of the actions `game_accepted`, `game_declined` and `cancel_game_invite`. */
    NamedPlayer: {
      /** @description The username of the other player. */
      username: string;
    };
    /** @description The data of the event `new_friend`, which each of the two users gets about the other. */
    NewFriend: {
      /** @description The id of the user who accepted it. */
      receiver_id: string;
      /** @description The id of the user who sent the request. */
      sender_id: string;
      /** @description The time since when both are friends. */
      since: components['schemas']['Timestamp'];
      /** @description The new friend. */
      user: components['schemas']['UserSummary'];
    };
    /** @description A notification. */
    NewFriendNotification: {
      /**
       * @description The kind of notification.
       * @enum {string}
       */
      action: 'new_friend';
      /** @description When it was created. */
      created_at: components['schemas']['Timestamp'];
      /**
       * @description The details, whose type depends on the action: the data of the event of the same name, and for
       *     `new_message` the message, its chat, its sender, and whether it mentions the user.
       */
      data: components['schemas']['NewFriend'];
      /** @description The id of the notification. */
      id: string;
      /** @description Whether it was read or resolved. */
      is_read: boolean;
    };
    /** @description The event `new_message`: a message that nobody has read or liked yet. */
    NewMessage: components['schemas']['Message'] & {
      /** @description Id of the sender of the message in `reply_to`. */
      reply_to_sender_id?: string | null;
      timestamp?: components['schemas']['ClientTimestamp'] | null;
    };
    /** @description A notification. */
    NewMessageNotification: {
      /**
       * @description The kind of notification.
       * @enum {string}
       */
      action: 'new_message';
      /** @description When it was created. */
      created_at: components['schemas']['Timestamp'];
      /**
       * @description The details, whose type depends on the action: the data of the event of the same name, and for
       *     `new_message` the message, its chat, its sender, and whether it mentions the user.
       */
      data: components['schemas']['MessageNotice'];
      /** @description The id of the notification. */
      id: string;
      /** @description Whether it was read or resolved. */
      is_read: boolean;
    };
    /** @description A notification. */
    Notification:
      | components['schemas']['GameInviteNotification']
      | components['schemas']['NewFriendNotification']
      | components['schemas']['FriendRequestNotification']
      | components['schemas']['NewMessageNotification']
      | components['schemas']['SystemNotification']
      | components['schemas']['OtherNotification'];
    /** @description The data of the event `notification`: a new notification and the unread counts. */
    NotificationCreated: components['schemas']['Notification'] & {
      /** @description The unread counts after the change. */
      unread: components['schemas']['Badges'];
    };
    /** @description The data of the action `read_notification`. */
    NotificationRef: {
      /** @description The id of the notification. */
      id: string;
    };
    /** @description Details. The fields are not defined yet. */
    OpenData: {
      [key: string]: unknown;
    };
    /** @description A notification. */
    OtherNotification: {
      /**
       * @description The kind of notification.
       * @enum {string}
       */
      action: 'new_tournament' | 'match_ready' | 'event' | 'group';
      /** @description When it was created. */
      created_at: components['schemas']['Timestamp'];
      /**
       * @description The details, whose type depends on the action: the data of the event of the same name, and for
       *     `new_message` the message, its chat, its sender, and whether it mentions the user.
       */
      data: components['schemas']['OpenData'];
      /** @description The id of the notification. */
      id: string;
      /** @description Whether it was read or resolved. */
      is_read: boolean;
    };
    /** @description The current user's status and presence; also the data of the event `own_status`. */
    OwnStatus: {
      /** @description The number of connected tabs and devices. */
      connections: number;
      /** @description The presence that friends see now. */
      presence: components['schemas']['Presence'];
      /** @description The chosen status. */
      status: components['schemas']['ChosenStatus'];
    };
    /** @description The options of Pong. Fields that are omitted have their default values. */
    PartialPongOptions: {
      /** @description Whether cool mode, with coins and effects, is on. */
      cool_mode?: boolean;
      /** @description The speed of the ball. */
      game_speed?: components['schemas']['GameSpeed'];
      /** @description Whether the match counts for the rating. */
      ranked?: boolean;
      /** @description The points needed to win, 3 to 20. */
      score_to_win?: number;
      /** @description The time limit in minutes, 1 to 5. */
      time_limit?: number;
    };
    /** @description The options of tic-tac-toe. Fields that are omitted have their default values. */
    PartialTicTacToeOptions: {
      /** @description Whether the match counts for the rating. */
      ranked?: boolean;
    };
    /**
     * @description Who or what stopped a match.
     * @enum {string}
     */
    PausedBy: 'first' | 'second' | 'both' | 'first_absent' | 'second_absent' | 'both_absent' | 'server';
    /** @description The events `player_joined`, `player_left` and `pause_offer`. */
    PlayerPresence: {
      /** @description Number of the event in its match. */
      number: number;
      /** @description The seat. */
      seat: components['schemas']['SeatName'];
    };
    /**
     * @description The result of a match for one of its players.
     * @enum {string}
     */
    PlayerResult: 'won' | 'lost' | 'drawn';
    /**
     * @description Who plays a seat.
     * @enum {string}
     */
    PlayerType: 'user' | 'local' | 'computer';
    /** @description The response to `ping`. */
    Pong: {
      /** @description Time of the server. */
      server_time: components['schemas']['Timestamp'];
    };
    /** @description A ball. */
    PongBall: {
      /** @description Horizontal velocity, per tick. */
      vx: number;
      /** @description Vertical velocity, per tick. */
      vy: number;
      /** @description Horizontal position. */
      x: number;
      /** @description Vertical position. */
      y: number;
    };
    /** @description A coin on its way across the field. */
    PongCoin: {
      /** @description Ticks since it appeared. */
      age: number;
      /** @description Whether it moves down. */
      down: boolean;
      /** @description Horizontal position; it stays the same. */
      lane: number;
    };
    /** @description An effect at work. */
    PongEffect: {
      /** @description What it does. */
      kind: components['schemas']['PongEffectKind'];
      /** @description Who took the coin. */
      owner: components['schemas']['PongSide'];
      /** @description In how many ticks it wears off. */
      ticks_left: number;
    };
    /**
     * @description What a coin does.
     * @enum {string}
     */
    PongEffectKind: 'reverse' | 'slow' | 'shorten' | 'lengthen' | 'thicken';
    /**
     * @description How a match of Pong ended.
     * @enum {string}
     */
    PongEnding: 'score' | 'time' | 'sudden_death';
    /** @description An invite; also the data of the events `game_invite` and `game_invite_sent`. */
    PongInvite: {
      answered_at: components['schemas']['Timestamp'] | null;
      /** @description The id chosen by the sender's client. */
      client_id: string | null;
      /** @description When it was sent. */
      created_at: components['schemas']['Timestamp'];
      /** @description When it expires. */
      expires_at: components['schemas']['Timestamp'];
      /**
       * @description The game.
       * @enum {string}
       */
      game: 'pong';
      /** @description The id of the invite. */
      id: string;
      /** @description The match that was created when it was accepted. */
      match_id: string | null;
      /** @description All options of the game. */
      options: components['schemas']['PongOptions'];
      /** @description The origin. */
      origin: components['schemas']['InviteOrigin'];
      /** @description The match to which a rematch or challenge refers. */
      origin_match_id: string | null;
      /** @description The receiver. */
      receiver: components['schemas']['UserSummary'];
      /** @description The sender. */
      sender: components['schemas']['UserSummary'];
      /** @description The status. */
      status: components['schemas']['InviteStatus'];
      /** @description The sender's username. */
      username: string;
    };
    /** @description The options of Pong. */
    PongOptions: {
      /**
       * @description Whether cool mode, with coins and effects, is on.
       * @default false
       */
      cool_mode: boolean;
      /**
       * @description The speed of the ball.
       * @default medium
       */
      game_speed: components['schemas']['GameSpeed'];
      /**
       * @description Whether the match counts for the rating.
       * @default false
       */
      ranked: boolean;
      /**
       * @description The points needed to win, 3 to 20.
       * @default 5
       */
      score_to_win: number;
      /**
       * @description The time limit in minutes, 1 to 5.
       * @default 5
       */
      time_limit: number;
    };
    /**
     * @description A side of the field.
     * @enum {string}
     */
    PongSide: 'left' | 'right';
    /** @description A value of each side. */
    PongSides_PongPaddle: {
      /** @description A paddle. */
      left: {
        /** @description Vertical velocity, per tick. */
        v: number;
        /** @description Vertical position of its middle. */
        y: number;
      };
      /** @description A paddle. */
      right: {
        /** @description Vertical velocity, per tick. */
        v: number;
        /** @description Vertical position of its middle. */
        y: number;
      };
    };
    /** @description A value of each side. */
    PongSides_i16: {
      left: number;
      right: number;
    };
    /** @description A value of each side. */
    PongSides_u8: {
      left: number;
      right: number;
    };
    /** @description The state of Pong. The middle of the field is `[0, 0]`; `y` grows downward. */
    PongState: {
      /** @description The ball. */
      ball: components['schemas']['PongBall'];
      coin: components['schemas']['PongCoin'] | null;
      effect: components['schemas']['PongEffect'] | null;
      ending: components['schemas']['PongEnding'] | null;
      /** @description Half of the length of each paddle. */
      half_lengths: components['schemas']['PongSides_i16'];
      /** @description The paddles. */
      paddles: components['schemas']['PongSides_PongPaddle'];
      /** @description The hits since the serve. */
      rally: number;
      /** @description The side to which the ball is served. */
      receiver: components['schemas']['PongSide'];
      /** @description The points. */
      score: components['schemas']['PongSides_u8'];
      /** @description Ticks until the serve; `null` in a rally. */
      serve_in: number | null;
      /** @description The thickness of each paddle. */
      thickness: components['schemas']['PongSides_i16'];
    };
    /** @description The action `new_message`: sends a message. */
    PostMessage: {
      /** @description Chat id. */
      chat_id: string;
      /**
       * @description Id set by the client, for retries. Sending the same content and `reply_to` with the same id
       *     again has no further effect; different content is refused.
       */
      client_id?: string | null;
      /** @description Content, at most 2000 characters of plain text. */
      content: string;
      /** @description Id of the message to reply to, in the same chat. */
      reply_to?: string | null;
      timestamp?: components['schemas']['ClientTimestamp'] | null;
    };
    /**
     * @description The presence of a user.
     * @enum {string}
     */
    Presence: 'online' | 'in_match' | 'away' | 'offline';
    /** @description The action failed. */
    Problem: {
      /** @description The `cid` of the action, if it had one. */
      cid?: string | null;
      /** @description Error code; the same codes as over REST. */
      code: string;
      /** @description Invalid fields with their problems. */
      fields?: {
        [key: string]: string[];
      };
      /** @description Message for users. */
      message: string;
      /** @description Seconds to wait before retrying. */
      retry_after?: number | null;
    };
    /** @description The event `queued`: the current user's place in the queue. */
    Queued: {
      /** @description The ratings of opponents that come into question, which widen with time; `null` for all. */
      band: number[] | null;
      /** @description Seconds that users of this rating waited lately; `null` if too few did. */
      estimate: number | null;
      /** @description The game. */
      game: string;
      /** @description How many others wait for this game. */
      others: number;
      /** @description Whether nobody is paired for now, since the servers cannot reach each other. */
      paused: boolean;
      /** @description The place by time of arrival, from 1. */
      position: number;
      /** @description Seconds since the user entered. */
      waited: number;
    };
    /** @description The rating of a player before and after a match. */
    RatingDelta: {
      /** @description After the match. */
      after: number;
      /** @description Before the match. */
      before: number;
    };
    /** @description The data of the action `reply_game_invite`, which names the invite by its id or by its sender. */
    ReplyGameInvite: {
      /** @description Whether to accept it. */
      accept: boolean;
      /** @description The id of the invite. */
      id?: string | null;
      /** @description The sender's username. */
      username?: string | null;
    };
    /**
     * @description The direction of a friend request, seen by the current user.
     * @enum {string}
     */
    RequestDirection: 'incoming' | 'outgoing';
    /** @description The action `resume`: requests missed events. */
    Resume: {
      /** @description The client's last position in each stream. */
      streams: {
        [key: string]: components['schemas']['StreamPosition'];
      };
    };
    /**
     * @description The event `resync`: missed events of these streams are no longer available. Read the state over
     *     REST.
     */
    Resync: {
      /** @description Names of the streams. */
      streams: string[];
    };
    /**
     * @description A seat of a match.
     * @enum {string}
     */
    SeatName: 'first' | 'second';
    /** @description The action `typing`. */
    SetTyping: {
      /** @description Chat id. */
      chat_id: string;
      /** @description Whether the current user is typing. */
      is_typing: boolean;
    };
    /**
     * @description How a slot was decided.
     * @enum {string}
     */
    SlotHow: 'played' | 'forfeit' | 'no_show' | 'removal' | 'bye' | 'requested_bye' | 'awarded' | 'judged';
    /**
     * @description The state of a slot.
     * @enum {string}
     */
    SlotState: 'unknown' | 'waiting' | 'called' | 'live' | 'done' | 'walkover' | 'void';
    /** @description Slots changed. */
    SlotsUpdate: {
      /** @description The revision after the change. */
      revision: number;
      /** @description The slots as they are now: the one that the event is about first. */
      slots: components['schemas']['TournamentSlot'][];
      /** @description Tournament id. */
      tournament_id: string;
    };
    /** @description Position in a stream. */
    StreamPosition: {
      /** @description Incarnation of the stream. Numbers of different epochs cannot be compared. */
      epoch: number;
      /** @description Number of the last event. */
      seq: number;
    };
    /** @description A notification. */
    SystemNotification: {
      /**
       * @description The kind of notification.
       * @enum {string}
       */
      action: 'system';
      /** @description When it was created. */
      created_at: components['schemas']['Timestamp'];
      /**
       * @description The details, whose type depends on the action: the data of the event of the same name, and for
       *     `new_message` the message, its chat, its sender, and whether it mentions the user.
       */
      data: components['schemas']['Announcement'];
      /** @description The id of the notification. */
      id: string;
      /** @description Whether it was read or resolved. */
      is_read: boolean;
    };
    /** @description A match as of now. */
    TableView: {
      /** @description Number of the server that runs the match. Frames of an earlier one are void. */
      epoch: number;
      /** @description The last event of the match; those that follow have higher numbers. */
      number: number;
      /** @description The phase. */
      phase: components['schemas']['MatchPhase'];
      /** @description Whether the players of both seats are connected. */
      present: boolean[];
      /** @description The points of both seats. */
      score: number[];
      /** @description Time of the server. */
      server_time: components['schemas']['Timestamp'];
      state: components['schemas']['MatchStateFrame'] | null;
      /** @description Ticks per second; 0 in games of turns. */
      tick_rate: number;
      /** @description The time from which compact frames count milliseconds. */
      time_base: components['schemas']['Timestamp'];
    };
    /** @description A game of tic-tac-toe that has ended. */
    TicTacToeGame: {
      /** @description The board. */
      board: string;
      /** @description The positions of the three in a row. */
      line: number[] | null;
      /** @description Who won. */
      winner: components['schemas']['TicTacToeResult'];
    };
    /** @description An invite; also the data of the events `game_invite` and `game_invite_sent`. */
    TicTacToeInvite: {
      answered_at: components['schemas']['Timestamp'] | null;
      /** @description The id chosen by the sender's client. */
      client_id: string | null;
      /** @description When it was sent. */
      created_at: components['schemas']['Timestamp'];
      /** @description When it expires. */
      expires_at: components['schemas']['Timestamp'];
      /**
       * @description The game.
       * @enum {string}
       */
      game: 'tictactoe';
      /** @description The id of the invite. */
      id: string;
      /** @description The match that was created when it was accepted. */
      match_id: string | null;
      /** @description All options of the game. */
      options: components['schemas']['TicTacToeOptions'];
      /** @description The origin. */
      origin: components['schemas']['InviteOrigin'];
      /** @description The match to which a rematch or challenge refers. */
      origin_match_id: string | null;
      /** @description The receiver. */
      receiver: components['schemas']['UserSummary'];
      /** @description The sender. */
      sender: components['schemas']['UserSummary'];
      /** @description The status. */
      status: components['schemas']['InviteStatus'];
      /** @description The sender's username. */
      username: string;
    };
    /**
     * @description The mark of a player: `X` is the first seat.
     * @enum {string}
     */
    TicTacToeMark: 'X' | 'O';
    /** @description The options of tic-tac-toe. */
    TicTacToeOptions: {
      /**
       * @description Whether the match counts for the rating.
       * @default false
       */
      ranked: boolean;
    };
    /**
     * @description How a game of tic-tac-toe ended.
     * @enum {string}
     */
    TicTacToeResult: 'X' | 'O' | 'draw';
    /** @description The state of tic-tac-toe. */
    TicTacToeState: {
      /** @description The nine fields from the top left to the bottom right: `X`, `O`, or `_` for an empty one. */
      board: string;
      /** @description The number of the game in the match, from 1. */
      game: number;
      /** @description How many games the match has: two with sides swapped in a ranked match. */
      games: number;
      /** @description The positions of the three in a row. */
      line: number[] | null;
      previous: components['schemas']['TicTacToeGame'] | null;
      /** @description The points of both seats. */
      score: number[];
      turn: components['schemas']['TicTacToeMark'] | null;
      winner: components['schemas']['TicTacToeResult'] | null;
    };
    Timestamp: string;
    /** @description An entrant of a tournament. */
    TournamentEntrant: {
      /** @description The name in the tournament. */
      alias: string;
      host: components['schemas']['UserSummary'] | null;
      /** @description The number in the order of registration. */
      number: number;
      /** @description The place, once it is known. */
      place: number | null;
      /** @description The rating at the start. */
      rating: number | null;
      /** @description When they registered. */
      registered_at: components['schemas']['Timestamp'];
      /** @description The seed, once it is known. */
      seed: number | null;
      /** @description The state. */
      status: components['schemas']['EntrantState'];
      user: components['schemas']['UserSummary'] | null;
    };
    /** @description An invitation to a tournament. */
    TournamentInvite: {
      /** @description The game. */
      game: string;
      /** @description Id of the organizer. */
      organizer_id: string;
      /** @description Who invited. */
      sender: components['schemas']['UserSummary'];
      /** @description Tournament id. */
      tournament_id: string;
      /** @description Name of the tournament. */
      tournament_name: string;
    };
    /** @description A pairing of a tournament. */
    TournamentSlot: {
      call_at: components['schemas']['Timestamp'] | null;
      deadline: components['schemas']['Timestamp'] | null;
      /** @description Whether a dispute about it is open. */
      disputed: boolean;
      /** @description The numbers of the entrants; null where one is not known, or there is none. */
      entrants: (number | null)[];
      how: components['schemas']['SlotHow'] | null;
      /** @description The slot that the loser goes to. */
      loser_to: string | null;
      /** @description The match; the last one, if there were several. */
      match_id: string | null;
      /** @description Where it belongs. */
      part: components['schemas']['BracketPart'];
      /** @description The position in the round, from 1. */
      position: number;
      /** @description The round, from 1. */
      round: number;
      /** @description The points, in the order of the entrants; null without a match. */
      score: number[] | null;
      /** @description The name of the slot: its part, round and position. */
      slot: string;
      /** @description The state. */
      status: components['schemas']['SlotState'];
      /** @description The number of the winner; null in a draw, or if nobody won. */
      winner: number | null;
      /** @description The slot that the winner goes to. */
      winner_to: string | null;
    };
    /**
     * @description The state of a tournament.
     * @enum {string}
     */
    TournamentStatus: 'draft' | 'registration' | 'check_in' | 'running' | 'paused' | 'finished' | 'canceled';
    /** @description A tournament changed. */
    TournamentUpdate: {
      /** @description The revision after the change. */
      revision: number;
      /** @description The current round. */
      round: number;
      /** @description The state. */
      status: components['schemas']['TournamentStatus'];
      /** @description Tournament id. */
      tournament_id: string;
    };
    /** @description The ephemeral event `typing`. */
    Typing: {
      /** @description Chat id. */
      chat_id: string;
      /** @description Whether the user is typing. `true` expires after 5 seconds unless it is repeated. */
      is_typing: boolean;
      /** @description User id. */
      user_id: string;
      /** @description Username. */
      username: string;
    };
    /** @description Unread counts. */
    Unread: {
      /** @description Chats with unread messages. */
      chats: components['schemas']['UnreadChat'][];
      /** @description Number of unread messages in all chats. */
      total: number;
    };
    /** @description Unread count of a chat. */
    UnreadChat: {
      /** @description Chat id. */
      chat_id: string;
      /** @description Number of unread messages. */
      unread_count: number;
    };
    /** @description A user in a list. */
    UserSummary: {
      /** @description Address of the avatar. */
      avatar: string;
      /** @description Display name. */
      display_name: string;
      /** @description User id. */
      id: string;
      /** @description Whether the account was deleted. Deleted accounts cannot be found or sent messages. */
      is_deleted: boolean;
      /** @description Username. */
      username: string;
    };
    /** @description The data of the event `user_unblocked`, for the other tabs of the current user. */
    UserUnblocked: {
      /** @description The id of the user who is no longer blocked. */
      user_id: string;
    };
    /**
     * @description What a notification is about.
     * @enum {string}
     */
    Action:
      | 'game_invite'
      | 'new_tournament'
      | 'new_friend'
      | 'friend_request'
      | 'new_message'
      | 'match_ready'
      | 'event'
      | 'group'
      | 'system';
    /**
     * @description Strength of the AI opponent.
     * @enum {string}
     */
    AiLevel: 'beginner' | 'easy' | 'medium' | 'hard' | 'expert';
    /** @description Settings of the AI opponent. */
    AiSettings: {
      /** @description Accuracy in percent; null for the default of the level. */
      accuracy: number | null;
      /** @description Whether the strength adapts to the user. */
      adaptive: boolean;
      /** @description Strength. */
      level: components['schemas']['AiLevel'];
      /** @description Reaction time in milliseconds; null for the default of the level. */
      reaction_ms: number | null;
    };
    /** @description The process is running. */
    Alive: {
      /** @description Always `alive`. */
      status: string;
    };
    /**
     * @description Audience of a privacy setting.
     * @enum {string}
     */
    Audience: 'everyone' | 'friends' | 'nobody';
    /** @description An avatar. */
    Avatar: {
      /** @description Address of the avatar. */
      avatar: string;
    };
    /** @description The body that blocks a user. */
    BlockUser: {
      /** @description The username of the user to block. */
      username: string;
    };
    /** @description An entrant in a bracket. */
    BracketEntrant: {
      /** @description The name in the tournament. */
      alias: string;
      /** @description The number, by which slots refer to it. */
      number: number;
      /** @description The place, once it is known. */
      place: number | null;
      /** @description The seed. */
      seed: number | null;
      /** @description The state. */
      status: components['schemas']['EntrantState'];
    };
    /** @description Changes the password. */
    ChangePassword: {
      /** @description Current password. */
      current_password: string;
      /** @description New password: 8 to 128 characters. */
      password: string;
      /** @description Must be equal to `password`. */
      password_confirm: string;
    };
    /**
     * @description Changes a tournament. Fields that are left out stay unchanged. Only name and description can be changed
     *     once it has started.
     */
    ChangeTournament: {
      /** @description The maximum number of entrants, not below those who are registered. */
      capacity?: number | null;
      /** @description For how many minutes before `starts_at` entrants check in; 0 for no check-in. */
      check_in_minutes?: number | null;
      /** @description The description. */
      description?: string | null;
      /** @description The name. */
      name?: string | null;
      /** @description The options of its matches. */
      options?: Record<string, never> | null;
      seeding?: components['schemas']['TournamentSeeding'] | null;
      /** @description Whether it starts when the last place is taken. */
      start_when_full?: boolean | null;
      /** @description When it starts by itself; null if an organizer starts it. */
      starts_at?: string | null;
      visibility?: components['schemas']['TournamentVisibility'] | null;
    };
    /** @description The channels on which a kind of notification is delivered. */
    Channels: {
      /** @description By email, if it is still unread after a while. */
      email: boolean;
      /** @description In the list of notifications, with a badge. */
      in_app: boolean;
    };
    /** @description Names a co-organizer. */
    CoOrganizer: {
      /** @description Their username. */
      username: string;
    };
    /**
     * @description State of a dependency.
     * @enum {string}
     */
    Condition: 'up' | 'down';
    /** @description A conversation in the list of conversations. */
    Conversation: {
      /** @description Address of the other user's avatar. */
      avatar: string;
      /** @description Chat id. */
      chat_id: string;
      /** @description Display name of the other user. */
      display_name: string;
      /** @description Whether the other account was deleted. Its messages can be read, but no messages can be sent. */
      is_deleted: boolean;
      /** @description Whether the other user is online, as far as visible to the current user. */
      is_online: boolean;
      last_message: components['schemas']['Message'] | null;
      /** @description Number of unread messages. */
      unread_count: number;
      /** @description Username of the other user. */
      username: string;
    };
    /** @description Creates a group. */
    CreateGroup: {
      /** @description The description. */
      description?: string;
      /** @description The name. Names of listed groups are unique, regardless of case. */
      name: string;
      /** @description Who sees the group, and who may join it; `public` if left out. */
      privacy?: components['schemas']['GroupPrivacy'];
    };
    /** @description Creates a tournament. */
    CreateTournament: {
      /** @description The maximum number of entrants: up to 32 in round robin, up to 1,024 otherwise. */
      capacity: number;
      /** @description For how many minutes before `starts_at` entrants check in; 0 for no check-in. The default is 15. */
      check_in_minutes?: number | null;
      /** @description The description. */
      description?: string;
      /** @description Whether only its organizers see it until they open it. */
      draft?: boolean;
      /** @description How it is played. */
      format: components['schemas']['TournamentFormat'];
      /** @description The game. */
      game: string;
      /** @description Round robin: how often each two entrants meet, once or twice. */
      legs?: number;
      /** @description The name. */
      name: string;
      /** @description The options of its matches. Options that are left out get their defaults. */
      options?: Record<string, never>;
      /** @description Round robin: whether those who share the first place play it off. */
      play_off?: boolean;
      /** @description Swiss: the number of rounds, 3 to 15. The default depends on the number of entrants. */
      rounds?: number | null;
      /** @description How entrants get their seeds; `rating` if left out. */
      seeding?: components['schemas']['TournamentSeeding'];
      /** @description Whether it starts when the last place is taken. */
      start_when_full?: boolean;
      /** @description When it starts by itself. Without it, an organizer starts it. */
      starts_at?: string | null;
      /** @description Single elimination: whether the losers of the semi-finals play for the third place. */
      third_place?: boolean;
      /** @description Who sees it; `private` if left out. */
      visibility?: components['schemas']['TournamentVisibility'];
    };
    /** @description What the current user is engaged in: at most one thing. */
    CurrentEngagement: {
      /** @description The game. */
      game: string;
      /** @description In what. */
      kind: components['schemas']['EngagementType'];
      /** @description The match to join; null in the queue. */
      match_id: string | null;
      opponent: components['schemas']['UserSummary'] | null;
    };
    /** @description Decides about a slot. */
    DecideSlot: {
      /** @description What is decided. */
      decision: components['schemas']['SlotDecision'];
      /** @description The reason. */
      reason: string;
      /** @description The number of the entrant who wins, for `award`. */
      winner?: number | null;
    };
    /** @description Deletes the current user's account. */
    DeleteAccount: {
      /** @description Current password, as a confirmation. */
      password: string;
    };
    /**
     * @description How often emails about unread notifications are sent.
     * @enum {string}
     */
    DigestFrequency: 'off' | 'soon' | 'hourly' | 'daily';
    /** @description Disables two-factor authentication. */
    DisableSecondFactor: {
      method?: components['schemas']['SecondFactorMethod'] | null;
    };
    /** @description Disputes a result. */
    DisputeSlot: {
      /** @description The reason. */
      reason: string;
      /** @description The name of the slot. */
      slot: string;
    };
    /** @description Disqualifies an entrant. */
    Disqualify: {
      /** @description The reason. */
      reason: string;
    };
    /**
     * @description What the current user is engaged in.
     * @enum {string}
     */
    EngagementType: 'queue' | 'match' | 'solo';
    /** @description The body that enters the queue of a game. */
    EnterQueue: {
      /** @description The options that matter. Those that are left out, or are `any`, do not. */
      options?: Record<string, never>;
    };
    /** @description Registers the current user, or a local player of theirs. */
    EnterTournament: {
      /** @description The name in the tournament, unique regardless of case. */
      alias: string;
      /** @description Whether it is a player without an account, who plays at the current user's keyboard. */
      local?: boolean;
    };
    /** @description A successful response. */
    Envelope_AiSettings: {
      data: components['schemas']['AiSettings'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Alive: {
      data: components['schemas']['Alive'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Avatar: {
      data: components['schemas']['Avatar'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Badges: {
      data: components['schemas']['Badges'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_BlockedUser: {
      data: components['schemas']['BlockedUser'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Export: {
      data: components['schemas']['Export'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Friend: {
      data: components['schemas']['Friend'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_FriendRequestResult: {
      data: components['schemas']['FriendRequestResult'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_GameListings: {
      data: components['schemas']['GameListings'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_GameMatch: {
      data: components['schemas']['GameMatch'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Group: {
      data: components['schemas']['Group'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_HeadToHeads: {
      data: components['schemas']['HeadToHeads'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_HomePage: {
      data: components['schemas']['HomePage'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Invite: {
      data: components['schemas']['Invite'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_LikeUpdate: {
      data: components['schemas']['LikeUpdate'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_LocalStart: {
      data: components['schemas']['LocalStart'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_LoginAnswer: {
      data: components['schemas']['LoginAnswer'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Mailbox: {
      data: components['schemas']['Mailbox'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Message: {
      data: components['schemas']['Message'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_NoData: {
      data: components['schemas']['NoData'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Notification: {
      data: components['schemas']['Notification'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_NotificationPreferences: {
      data: components['schemas']['NotificationPreferences'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_OnlineCounts: {
      data: components['schemas']['OnlineCounts'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_OpenConversation: {
      data: components['schemas']['OpenConversation'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_OpenRoom: {
      data: components['schemas']['OpenRoom'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_OwnStatus: {
      data: components['schemas']['OwnStatus'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Preferences: {
      data: components['schemas']['Preferences'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Profile: {
      data: components['schemas']['Profile'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Proven: {
      data: components['schemas']['Proven'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_PublicProfile: {
      data: components['schemas']['PublicProfile'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_QueueTicket: {
      data: components['schemas']['QueueTicket'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Ready: {
      data: components['schemas']['Ready'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_RecoveryCodes: {
      data: components['schemas']['RecoveryCodes'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_ReplayVerification: {
      data: components['schemas']['ReplayVerification'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Report: {
      data: components['schemas']['Report'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Resent: {
      data: components['schemas']['Resent'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_SecondFactorEnabled: {
      data: components['schemas']['SecondFactorEnabled'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_SecondFactorState: {
      data: components['schemas']['SecondFactorState'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_StatisticsOverview: {
      data: components['schemas']['StatisticsOverview'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_StepUpAnswer: {
      data: components['schemas']['StepUpAnswer'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_TotpSetup: {
      data: components['schemas']['TotpSetup'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Tournament: {
      data: components['schemas']['Tournament'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_TournamentBracket: {
      data: components['schemas']['TournamentBracket'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_TournamentEntrant: {
      data: components['schemas']['TournamentEntrant'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_TournamentSlot: {
      data: components['schemas']['TournamentSlot'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_Unread: {
      data: components['schemas']['Unread'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description A successful response. */
    Envelope_WsTicket: {
      data: components['schemas']['WsTicket'];
      /** @description Message for users. */
      message?: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description Details for programs. */
    ErrorBody: {
      /** @description Error code. */
      code: string;
      /** @description Invalid fields with their problems. */
      fields?: {
        [key: string]: string[];
      };
      /** @description Id of the request in the server's log; equal to the header `X-Request-Id`. */
      request_id: string;
    } & {
      [key: string]: unknown;
    };
    /** @description An error response. */
    ErrorEnvelope: {
      /** @description Details for programs. */
      error: components['schemas']['ErrorBody'];
      /** @description Message for users. */
      message: string;
      /**
       * @description Always false.
       * @enum {boolean}
       */
      success: false;
    };
    /** @description An export of all data of the user. */
    Export: {
      /** @description Time of the request. */
      created_at: components['schemas']['Timestamp'];
      /** @description Address of the download, if the export is ready. */
      download: string | null;
      expires_at: components['schemas']['Timestamp'] | null;
      /** @description Export id. */
      id: string;
      ready_at: components['schemas']['Timestamp'] | null;
      /** @description Size in bytes. */
      size: number | null;
      /** @description State of the export. */
      state: components['schemas']['ExportState'];
    };
    /**
     * @description State of a data export.
     * @enum {string}
     */
    ExportState: 'preparing' | 'ready' | 'failed' | 'expired';
    /** @description Requests a password reset. */
    ForgotPassword: {
      /** @description Email address of the account. */
      email: string;
    };
    /** @description A friend. */
    Friend: {
      /** @description The address of the avatar. */
      avatar: string;
      /** @description The display name. */
      display_name: string;
      /** @description The friend's id. It never changes. */
      id: string;
      /** @description Whether the friend is not offline. */
      is_online: boolean;
      /** @description The time since when both are friends. */
      since: components['schemas']['Timestamp'];
      /** @description The friend's presence. */
      status: components['schemas']['Presence'];
      /** @description The username. */
      username: string;
    };
    /** @description The result of sending a friend request. */
    FriendRequestResult:
      | {
          /** @enum {string} */
          outcome: 'requested';
          /** @description The new request, or the one that was pending already. */
          request: components['schemas']['FriendRequest'];
        }
      | {
          /** @description The new friend. */
          friend: components['schemas']['Friend'];
          /** @enum {string} */
          outcome: 'friends';
        };
    /** @description A level of the computer. */
    GameLevel: {
      /** @description Its name. */
      name: string;
      /** @description Its skill, 0 to 1,000. */
      skill: number;
    };
    /** @description A game of the catalogue. */
    GameListing: {
      /** @description A sentence about it. */
      description: string;
      /** @description Whether matches can end in a draw. */
      has_draws: boolean;
      /** @description The levels of the computer, the weakest first. */
      levels: components['schemas']['GameLevel'][];
      /** @description The JSON schema of its options. */
      options: Record<string, never>;
      /** @description Its name in addresses. */
      slug: string;
      /** @description Its title. */
      title: string;
    };
    /** @description The games of the catalogue. */
    GameListings: components['schemas']['GameListing'][];
    /** @description A match. */
    GameMatch: {
      /** @description When it was created. */
      created_at: components['schemas']['Timestamp'];
      /** @description How long was played, pauses not counted; 0 until it has ended. */
      duration_ms: number;
      ended_at: components['schemas']['Timestamp'] | null;
      /** @description The game. */
      game: string;
      /** @description Whether it can be downloaded as a replay. */
      has_replay: boolean;
      /** @description The id of the match. */
      id: string;
      /** @description Where it comes from. */
      mode: components['schemas']['MatchOrigin'];
      /** @description All options of the game. */
      options: Record<string, never>;
      /** @description The two players, in the order of their seats. */
      players: components['schemas']['MatchPlayer'][];
      /** @description Whether it counts for ratings. */
      rated: boolean;
      reason: components['schemas']['MatchReason'] | null;
      started_at: components['schemas']['Timestamp'] | null;
      /** @description The state. */
      state: components['schemas']['MatchState'];
      /** @description The points in their order, once the match has ended; null in lists. */
      timeline: components['schemas']['TimelinePoint'][] | null;
      /** @description The position of the winner in `players`; null in a draw or without a result. */
      winner: number | null;
    };
    /** @description The rating of the current user in a game. */
    GameRating: {
      /** @description The game. */
      game: string;
      /** @description The rating in the current season. */
      rating: components['schemas']['PlayerRating'];
    };
    /** @description The statistics of a user in a game, against other users. */
    GameStatistics: {
      best_opponent: components['schemas']['HeadToHead'] | null;
      /** @description The most matches won in a row. */
      best_streak: number;
      /** @description Draws. */
      draws: number;
      /** @description How long was played. */
      duration_ms: number;
      /** @description Matches lost by forfeit or resignation. */
      early_losses: number;
      /** @description Matches won by forfeit or resignation of the opponent. */
      early_wins: number;
      /** @description The game. */
      game: string;
      /** @description When the last match ended. */
      last_played_at: components['schemas']['Timestamp'];
      /** @description The most hits of a rally. */
      longest_rally: number;
      /** @description Matches lost. */
      losses: number;
      /** @description Finished matches. */
      matches: number;
      /** @description Points conceded. */
      points_against: number;
      /** @description Points scored. */
      points_for: number;
      rating: components['schemas']['PlayerRating'] | null;
      /** @description The rating at the end of each day with rated matches, of the last 90 days. */
      rating_history: components['schemas']['RatingDay'][];
      /** @description Matches won in a row, or lost in a row as a negative number. */
      streak: number;
      /** @description Matches won. */
      wins: number;
      worst_opponent: components['schemas']['HeadToHead'] | null;
    };
    /** @description A group. */
    Group: {
      /** @description When the group was created. */
      created_at: string;
      /** @description The description; may be empty. */
      description: string;
      /** @description The id of the group. */
      id: string;
      /** @description Whether the current user is a member. */
      is_member: boolean;
      /** @description The number of members. */
      member_count: number;
      /** @description The name. */
      name: string;
      /** @description The user who owns the group. */
      owner_id: string;
      /** @description Who sees the group, and who may join it. */
      privacy: components['schemas']['GroupPrivacy'];
    };
    /**
     * @description Who sees a group, and who may join it.
     * @enum {string}
     */
    GroupPrivacy: 'public' | 'private' | 'invite_only';
    /** @description A user against another. */
    HeadToHead: {
      /** @description Draws. */
      draws: number;
      /** @description The game. */
      game: string;
      /** @description Matches lost against them. */
      losses: number;
      /** @description The other user. */
      opponent: components['schemas']['UserSummary'];
      /** @description Matches won against them. */
      wins: number;
    };
    /** @description A user against another, by game. */
    HeadToHeads: components['schemas']['HeadToHead'][];
    /** @description The games of the current user, for the home page. */
    HomeGames: {
      engagement: components['schemas']['CurrentEngagement'] | null;
      /** @description How many matches can be watched now. */
      live_matches: number;
      /** @description The user's ratings in the current season. */
      ratings: components['schemas']['GameRating'][];
      /** @description The last five finished matches, the last ended first. */
      recent_matches: components['schemas']['GameMatch'][];
    };
    /** @description Everything that a home page shows. */
    HomePage: components['schemas']['HomeGames'] & {
      /** @description The newest pending friend requests to the user, at most ten. */
      friend_requests: components['schemas']['FriendRequest'][];
      /** @description The friends who are not offline, at most 50. */
      friends_online: components['schemas']['FriendPresence'][];
      /** @description The newest pending game invites to the user, at most ten. */
      invites: components['schemas']['Invite'][];
      /** @description The newest notifications, at most ten. */
      notifications: components['schemas']['Notification'][];
      /** @description The current user. */
      profile: components['schemas']['Profile'];
      /** @description The numbers of unread notifications. */
      unread: components['schemas']['Badges'];
      /** @description The number of unread messages in all chats. */
      unread_messages: number;
    };
    /**
     * @description The role of the current user in invites.
     * @enum {string}
     */
    InviteRole: 'to' | 'from';
    /** @description Invites users to a tournament. */
    InviteToTournament: {
      /** @description Their usernames. */
      usernames: string[];
    };
    /** @description The channels of each kind of notification. */
    KindPreferences: {
      /**
       * @description Events in which the user takes part.
       * @default {
       *       "email": true,
       *       "in_app": true
       *     }
       */
      event: components['schemas']['Channels'];
      /**
       * @description Friend requests.
       * @default {
       *       "email": true,
       *       "in_app": true
       *     }
       */
      friend_request: components['schemas']['Channels'];
      /**
       * @description Invites to games, which expire after ten minutes.
       * @default {
       *       "email": false,
       *       "in_app": true
       *     }
       */
      game_invite: components['schemas']['Channels'];
      /**
       * @description Groups of which the user is a member.
       * @default {
       *       "email": false,
       *       "in_app": true
       *     }
       */
      group: components['schemas']['Channels'];
      /**
       * @description Matches that are ready to start.
       * @default {
       *       "email": false,
       *       "in_app": true
       *     }
       */
      match_ready: components['schemas']['Channels'];
      /**
       * @description Accepted friend requests.
       * @default {
       *       "email": false,
       *       "in_app": true
       *     }
       */
      new_friend: components['schemas']['Channels'];
      /**
       * @description Messages.
       * @default {
       *       "email": true,
       *       "in_app": true
       *     }
       */
      new_message: components['schemas']['Channels'];
      /**
       * @description Invites to tournaments.
       * @default {
       *       "email": true,
       *       "in_app": true
       *     }
       */
      new_tournament: components['schemas']['Channels'];
      /**
       * @description Announcements of administrators.
       * @default {
       *       "email": false,
       *       "in_app": true
       *     }
       */
      system: components['schemas']['Channels'];
    };
    /** @description A line of a leaderboard. */
    LeaderboardEntry: {
      /** @description Whether it is the current user. */
      is_me: boolean;
      /** @description Rated matches in the season. */
      matches: number;
      /** @description The highest rating in the season. */
      peak: number;
      /** @description The rank among all; users with the same rating share one. */
      rank: number;
      /** @description The rating. */
      rating: number;
      /** @description The user. */
      user: components['schemas']['UserSummary'];
    };
    /** @description One page of a list. */
    ListEnvelope_BlockedUser: {
      data: components['schemas']['BlockedUser'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_Conversation: {
      data: components['schemas']['Conversation'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_Export: {
      data: components['schemas']['Export'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_Friend: {
      data: components['schemas']['Friend'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_FriendRequest: {
      data: components['schemas']['FriendRequest'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_GameMatch: {
      data: components['schemas']['GameMatch'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_Group: {
      data: components['schemas']['Group'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_Invite: {
      data: components['schemas']['Invite'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_LeaderboardEntry: {
      data: components['schemas']['LeaderboardEntry'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_Message: {
      data: components['schemas']['Message'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_Notification: {
      data: components['schemas']['Notification'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_PlayedTournament: {
      data: components['schemas']['PlayedTournament'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_RoomLine: {
      data: components['schemas']['RoomLine'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_Session: {
      data: components['schemas']['Session'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_Suggestion: {
      data: components['schemas']['Suggestion'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_Tournament: {
      data: components['schemas']['Tournament'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_TournamentAuditEntry: {
      data: components['schemas']['TournamentAuditEntry'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_TournamentEntrant: {
      data: components['schemas']['TournamentEntrant'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_TournamentRecapMatch: {
      data: components['schemas']['TournamentRecapMatch'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description One page of a list. */
    ListEnvelope_UserSummary: {
      data: components['schemas']['UserSummary'][];
      /** @description Pagination. */
      meta: components['schemas']['PageMeta'];
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description What begins at one keyboard: a match of two players, or a tournament of more. */
    LocalStart: components['schemas']['GameMatch'] | components['schemas']['Tournament'];
    /** @description Credentials of a browser, which gets its refresh token as a cookie. */
    Login: {
      /** @description Current password. */
      password: string;
      /** @description Username or email address. */
      username: string;
    };
    /** @description Result of a login: the session, or a challenge for the second factor. */
    LoginAnswer: components['schemas']['SignedIn'] | components['schemas']['SecondStep'];
    /** @description The newest mail in the dev mailbox. */
    Mailbox: components['schemas']['MailboxEntry'][];
    /** @description A mail in the dev mailbox. */
    MailboxEntry: {
      /** @description Mail id. */
      id: string;
      /** @description Time at which the mail would have been sent. */
      sent_at: components['schemas']['Timestamp'];
      /** @description Subject. */
      subject: string;
      /** @description Content as plain text. */
      text: string;
      /** @description Address of the recipient. */
      to: string;
      /** @description Unsubscribe link, if the mail has one. */
      unsubscribe: string | null;
    };
    /**
     * @description The state of a match.
     * @enum {string}
     */
    MatchState: 'live' | 'finished' | 'canceled';
    NoData: null;
    /** @description The notification preferences of a user. */
    NotificationPreferences: {
      /**
       * @description How often emails are sent.
       * @default soon
       */
      digest: components['schemas']['DigestFrequency'];
      /**
       * @description The channels by kind.
       * @default {
       *       "event": {
       *         "email": true,
       *         "in_app": true
       *       },
       *       "friend_request": {
       *         "email": true,
       *         "in_app": true
       *       },
       *       "game_invite": {
       *         "email": false,
       *         "in_app": true
       *       },
       *       "group": {
       *         "email": false,
       *         "in_app": true
       *       },
       *       "match_ready": {
       *         "email": false,
       *         "in_app": true
       *       },
       *       "new_friend": {
       *         "email": false,
       *         "in_app": true
       *       },
       *       "new_message": {
       *         "email": true,
       *         "in_app": true
       *       },
       *       "new_tournament": {
       *         "email": true,
       *         "in_app": true
       *       },
       *       "system": {
       *         "email": false,
       *         "in_app": true
       *       }
       *     }
       */
      kinds: components['schemas']['KindPreferences'];
    };
    /** @description How many users are online, without those who appear offline. */
    OnlineCounts: {
      /** @description The number of users who are online, including those who play. */
      online: number;
      /** @description The number of users who are in a match. */
      playing: number;
    };
    /** @description A conversation with its last messages. */
    OpenConversation: {
      /** @description Address of the other user's avatar. */
      avatar: string;
      /** @description Whether messages can be sent. Only friends can send each other messages. */
      can_write: boolean;
      /** @description Chat id. */
      chat_id: string;
      /** @description Display name of the other user. */
      display_name: string;
      /** @description Whether the other account was deleted. Its messages can be read, but no messages can be sent. */
      is_deleted: boolean;
      /** @description Whether the other user is online, as far as visible to the current user. */
      is_online: boolean;
      /** @description The last 30 messages, newest first. */
      messages: components['schemas']['Message'][];
      /** @description Number of unread messages. */
      unread_count: number;
      /** @description Username of the other user. */
      username: string;
    };
    /** @description A lobby or room with its last messages. */
    OpenRoom: {
      /** @description Chat id. */
      chat_id: string;
      /** @description Whether the current user is a member, so that its messages are delivered on all sockets. */
      is_member: boolean;
      /** @description `lobby` or `room`. */
      kind: components['schemas']['ChatKind'];
      /** @description The last 30 messages, newest first. */
      messages: components['schemas']['Message'][];
      /** @description Name of the lobby or title of the room. */
      name: string;
      /** @description Number of unread messages; 0 if the current user is not a member. */
      unread_count: number;
    };
    /** @description Sets the seeds by hand. */
    OrderSeeds: {
      /** @description The numbers of all entrants, the best seed first. */
      order: number[];
    };
    /** @description An entry of the current user, or of a local player of theirs. */
    OwnTournamentEntry: {
      /** @description The name in the tournament. */
      alias: string;
      /** @description Whether it is a local player. */
      is_local: boolean;
      /** @description The number of the entrant. */
      number: number;
      /** @description The place, once it is known. */
      place: number | null;
      /** @description The state. */
      status: components['schemas']['EntrantState'];
    };
    /** @description Pagination of a list. */
    PageMeta: {
      /** @description Maximum number of items per page. */
      limit: number;
      /** @description Address of the next page. */
      next: string | null;
      /** @description Number of items before this page; null if the page was requested with `before` or `after`. */
      offset: number | null;
      /** @description Address of the previous page. */
      previous: string | null;
      /** @description Number of items in the list. */
      total: number;
    };
    /** @description Edits the message in the path. */
    PatchMessage: {
      /** @description Content, at most 2000 characters of plain text. */
      content: string;
    };
    /** @description Changes to privacy settings. */
    PatchPrivacy: {
      /** @description Who can send friend requests. `friends` has the effect of `nobody`. */
      friend_requests?: components['schemas']['Audience'];
      /** @description Who can send game invites. */
      game_invites?: components['schemas']['Audience'];
      /** @description Who can see the match history. */
      match_history?: components['schemas']['Audience'];
      /** @description Who can see whether the user is online. `everyone` has the effect of `friends`. */
      online_status?: components['schemas']['Audience'];
      /** @description Who can see the bio and the statistics. */
      profile?: components['schemas']['Audience'];
      /** @description Whether senders can see that the user has read their messages. */
      read_receipts?: boolean;
      /** @description Whether other users can find the user by search. */
      searchable?: boolean;
    };
    /** @description Changes to the profile. Fields that are omitted stay unchanged. */
    PatchProfile: {
      /** @description Short self-description, at most 500 characters. Null to clear it. */
      bio?: string | null;
      /** @description Display name, at most 50 characters. Empty or null to show the username. */
      display_name?: string | null;
      /**
       * @description New email address, which takes effect when it is verified. The current address cancels a pending
       *     change.
       */
      email?: string;
      /** @description Language as a BCP 47 tag. */
      language?: string;
      /** @description Privacy settings. Fields that are omitted stay unchanged. */
      privacy?: components['schemas']['PatchPrivacy'];
      /** @description Theme of the web client. */
      theme?: components['schemas']['Theme'];
    };
    /** @description The body that invites the opponent of a match to another match. */
    PlayAgain: {
      /** @description An id chosen by the client, which is returned with everything about this invite. */
      client_id?: string | null;
      /** @description The options of the game. Without them, those of the match; with some, the others get their defaults. */
      options?: components['schemas']['PartialPongOptions'] | components['schemas']['PartialTicTacToeOptions'] | null;
    };
    /** @description A tournament that a user took part in. */
    PlayedTournament: {
      /** @description The user's name in the tournament. */
      alias: string;
      ended_at: components['schemas']['Timestamp'] | null;
      /** @description The number of entrants. */
      entrants: number;
      /** @description How it was played. */
      format: components['schemas']['TournamentFormat'];
      /** @description The game. */
      game: string;
      /** @description The id of the tournament. */
      id: string;
      /** @description The name. */
      name: string;
      /** @description The user's place, once it is known. */
      place: number | null;
      started_at: components['schemas']['Timestamp'] | null;
      /** @description The state. */
      status: components['schemas']['TournamentStatus'];
    };
    /** @description The current rating of a user in a game. */
    PlayerRating: {
      /** @description How far the real strength may be from it. */
      deviation: number;
      /** @description Rated matches in the season. */
      matches: number;
      /** @description The highest rating in the season. */
      peak: number;
      /** @description Whether too few recent matches were played for a reliable rating. */
      provisional: boolean;
      /** @description The rank on the leaderboard; null for those who are not on it yet. */
      rank: number | null;
      /** @description The rating. */
      rating: number;
      /** @description The season. */
      season: string;
    };
    /** @description Free-form preferences of clients: one JSON object of at most 16 KiB. */
    Preferences: {
      [key: string]: unknown;
    };
    /** @description Privacy settings. */
    Privacy: {
      /** @description Who can send friend requests. */
      friend_requests: components['schemas']['Audience'];
      /** @description Who can send game invites. */
      game_invites: components['schemas']['Audience'];
      /** @description Who can see the match history. */
      match_history: components['schemas']['Audience'];
      /** @description Who can see whether the user is online. */
      online_status: components['schemas']['Audience'];
      /** @description Who can see the bio and the statistics. */
      profile: components['schemas']['Audience'];
      /** @description Whether senders can see that the user has read their messages. */
      read_receipts: boolean;
      /** @description Whether other users can find the user by search. The exact username can always be found. */
      searchable: boolean;
    };
    /** @description The current user's profile. */
    Profile: {
      /** @description Address of the avatar. */
      avatar: string;
      /** @description Short self-description. */
      bio: string;
      /** @description Time of registration. */
      date_joined: components['schemas']['Timestamp'];
      /** @description Display name; the username if none is set. */
      display_name: string;
      /** @description Email address. */
      email: string;
      /** @description Whether the email address is verified. */
      email_verified: boolean;
      /** @description User id. */
      id: string;
      /** @description Language as a BCP 47 tag. */
      language: string;
      /** @description New email address that is not verified yet. */
      pending_email: string | null;
      /** @description Privacy settings. */
      privacy: components['schemas']['Privacy'];
      /** @description Role of the user. */
      role: components['schemas']['Role'];
      /** @description State of two-factor authentication. */
      second_factor: components['schemas']['SecondFactorState'];
      /** @description Theme of the web client. */
      theme: components['schemas']['Theme'];
      /** @description Username, used to log in and to search. */
      username: string;
    };
    /** @description A confirmed identity. */
    Proven: {
      /** @description Time until which security settings can be changed without another step-up. */
      proven_until: components['schemas']['Timestamp'];
    };
    /** @description A user's profile, as far as visible to the current user. */
    PublicProfile: {
      /** @description Address of the avatar. */
      avatar: string;
      /** @description Short self-description; null if the profile is private. */
      bio: string | null;
      date_joined: components['schemas']['Timestamp'] | null;
      /** @description Display name. */
      display_name: string;
      /** @description User id. */
      id: string;
      /** @description Whether fields are null because the profile is private. */
      restricted: boolean;
      statistics: components['schemas']['Statistics'] | null;
      /** @description Username. */
      username: string;
    };
    /** @description Settings of the AI opponent. Fields that are omitted are set to null or false. */
    PutAiSettings: {
      /** @description Accuracy in percent; null for the default of the level. */
      accuracy?: number | null;
      /** @description Whether the strength adapts to the user. */
      adaptive?: boolean;
      /** @description Strength. */
      level: components['schemas']['AiLevel'];
      /** @description Reaction time in milliseconds; null for the default of the level. */
      reaction_ms?: number | null;
    };
    /** @description The channels of each kind of notification. Kinds that are left out get their defaults. */
    PutKindPreferences: {
      /**
       * @description Events in which the user takes part.
       * @default {
       *       "email": true,
       *       "in_app": true
       *     }
       */
      event?: components['schemas']['Channels'];
      /**
       * @description Friend requests.
       * @default {
       *       "email": true,
       *       "in_app": true
       *     }
       */
      friend_request?: components['schemas']['Channels'];
      /**
       * @description Invites to games, which expire after ten minutes.
       * @default {
       *       "email": false,
       *       "in_app": true
       *     }
       */
      game_invite?: components['schemas']['Channels'];
      /**
       * @description Groups of which the user is a member.
       * @default {
       *       "email": false,
       *       "in_app": true
       *     }
       */
      group?: components['schemas']['Channels'];
      /**
       * @description Matches that are ready to start.
       * @default {
       *       "email": false,
       *       "in_app": true
       *     }
       */
      match_ready?: components['schemas']['Channels'];
      /**
       * @description Accepted friend requests.
       * @default {
       *       "email": false,
       *       "in_app": true
       *     }
       */
      new_friend?: components['schemas']['Channels'];
      /**
       * @description Messages.
       * @default {
       *       "email": true,
       *       "in_app": true
       *     }
       */
      new_message?: components['schemas']['Channels'];
      /**
       * @description Invites to tournaments.
       * @default {
       *       "email": true,
       *       "in_app": true
       *     }
       */
      new_tournament?: components['schemas']['Channels'];
      /**
       * @description Announcements of administrators.
       * @default {
       *       "email": false,
       *       "in_app": true
       *     }
       */
      system?: components['schemas']['Channels'];
    };
    /** @description The notification preferences. Fields that are left out get their defaults. */
    PutNotificationPreferences: {
      /**
       * @description How often emails are sent.
       * @default soon
       */
      digest?: components['schemas']['DigestFrequency'];
      kinds?: components['schemas']['PutKindPreferences'];
    };
    /** @description The new profile. Fields that are omitted are set to their defaults. */
    PutProfile: {
      /** @description Short self-description, at most 500 characters. Empty if null or omitted. */
      bio?: string | null;
      /** @description Display name, at most 50 characters. Empty, null or omitted to show the username. */
      display_name?: string | null;
      /**
       * @description The current email address, or a new one, which takes effect when it is verified. The current
       *     address cancels a pending change.
       */
      email: string;
      /** @description Language as a BCP 47 tag; `en` if omitted. */
      language?: string;
      /** @description Privacy settings. Fields that are omitted are set to their defaults. */
      privacy?: components['schemas']['PatchPrivacy'];
      /** @description Theme of the web client; `system` if omitted. */
      theme?: components['schemas']['Theme'];
    };
    /** @description A place in the queue of a game. */
    QueueTicket: {
      /** @description When the place is lost, unless a socket of the user holds it or they enter again. */
      expires_at: components['schemas']['Timestamp'];
      /** @description The game. */
      game: string;
      /** @description When the user entered the queue. */
      joined_at: components['schemas']['Timestamp'];
    };
    /** @description The rating of a user on a day. */
    RatingDay: {
      /** @description The day, in UTC. */
      date: string;
      /** @description The highest of it. */
      highest: number;
      /** @description The lowest of it. */
      lowest: number;
      /** @description At the end of it. */
      rating: number;
    };
    /** @description The server accepts requests. */
    Ready: {
      /** @description State of each dependency. */
      checks: {
        [key: string]: components['schemas']['Condition'];
      };
      /** @description Always `ready`. If the server is not ready, the status is 503. */
      status: string;
    };
    /** @description New recovery codes. They replace the previous ones and cannot be retrieved again. */
    RecoveryCodes: {
      /** @description Codes, each valid once. */
      recovery_codes: string[];
    };
    /** @description The refresh token of a session. */
    Refresh: {
      /** @description The latest refresh token. Browsers omit it and send the cookie. */
      refresh?: string | null;
    };
    /** @description New tokens. This response has no `data`. */
    RefreshedTokens: {
      /** @description Access token, valid for 10 minutes. */
      access: string;
      profile?: components['schemas']['Profile'] | null;
      /**
       * @description New refresh token, valid once. Omitted if the old one was sent in the cookie: the new one is set
       *     as a cookie, too.
       */
      refresh?: string | null;
      /** @description Always true. */
      success: boolean;
    };
    /** @description Registers a user. */
    Register: {
      /** @description Email address. Unique, ignoring case. */
      email: string;
      /**
       * @description 8 to 128 characters. Must not be easy to guess, and not consist of the username, the email
       *     address or the name of the service.
       */
      password: string;
      /** @description Must be equal to `password`. */
      password_confirm: string;
      /** @description 3 to 30 letters, digits, `_`, `.` or `-`. Unique, ignoring case. */
      username: string;
    };
    /** @description The result of playing a replay again. */
    ReplayVerification: {
      /** @description The hash of its last state, in hexadecimal digits. */
      hash: string;
      /** @description The points in the replay. */
      score: number[];
      /** @description The ticks or moves of the replay. */
      ticks: number;
      /** @description Whether the replay leads to the stored result. */
      verified: boolean;
      /** @description The position of the winner, if the replay ends with one. */
      winner: number | null;
    };
    /** @description A stored report. */
    Report: {
      /** @description Time of the report. */
      created_at: components['schemas']['Timestamp'];
      /** @description Report id. */
      id: string;
      /** @description Id of the reported message. */
      message_id: string;
      /** @description Reason of the report. */
      reason: components['schemas']['ReportReason'];
    };
    /** @description Reports a message to the moderators. */
    ReportMessage: {
      /** @description Details, at most 1000 characters. Required if the reason is `other`. */
      details?: string;
      /** @description Reason of the report. */
      reason: components['schemas']['ReportReason'];
    };
    /**
     * @description Reason of a report.
     * @enum {string}
     */
    ReportReason: 'spam' | 'harassment' | 'hate' | 'sexual' | 'violence' | 'other';
    /** @description Asks for a bye in Swiss. */
    RequestBye: {
      /** @description The round in which the entrant does not play, for half a point; null takes the request back. */
      round: number | null;
    };
    /** @description Requests a new code for the same challenge. */
    Resend: {
      /** @description The challenge from the login or step-up. */
      challenge: string;
    };
    /** @description A new code was sent. */
    Resent: {
      /** @description Expiration of the challenge. */
      expires_at: components['schemas']['Timestamp'];
      /** @description Earliest time to request another code. */
      resend_after: components['schemas']['Timestamp'];
    };
    /** @description Sets a new password with the token from the email. */
    ResetPassword: {
      /** @description New password: 8 to 128 characters. */
      password: string;
      /** @description Must be equal to `password`. */
      password_confirm: string;
      /** @description Token from the email. */
      token: string;
    };
    /**
     * @description Role of a user.
     * @enum {string}
     */
    Role: 'member' | 'moderator' | 'admin';
    /** @description A lobby or room in the current user's list. */
    RoomLine: {
      /** @description Chat id. */
      chat_id: string;
      /** @description `lobby` or `room`. */
      kind: components['schemas']['ChatKind'];
      last_message: components['schemas']['Message'] | null;
      /** @description Name of the lobby or title of the room. */
      name: string;
      /** @description Number of unread messages. */
      unread_count: number;
    };
    /** @description A challenge for the second factor. */
    SecondFactor: {
      /** @description Identifies the challenge; sent back with the code. */
      challenge: string;
      /** @description Expiration of the challenge. */
      expires_at: components['schemas']['Timestamp'];
      /** @description The available methods. */
      methods: components['schemas']['SecondFactorMethod'][];
    };
    /** @description A second factor was enabled. */
    SecondFactorEnabled: {
      /** @description Recovery codes, only for the first second factor of the account. They cannot be retrieved again. */
      recovery_codes?: string[] | null;
      /** @description Current state of two-factor authentication. */
      second_factor: components['schemas']['SecondFactorState'];
    };
    /**
     * @description Method of two-factor authentication.
     * @enum {string}
     */
    SecondFactorMethod: 'email' | 'totp' | 'recovery';
    /** @description State of two-factor authentication. */
    SecondFactorState: {
      /** @description Whether codes by email are enabled. */
      email: boolean;
      /** @description Number of unused recovery codes. */
      recovery_codes_left: number;
      /** @description Whether an authenticator app is enabled. */
      totp: boolean;
    };
    /** @description The password is correct, and a second factor is required. */
    SecondStep: {
      /** @description The challenge to answer. */
      second_factor: components['schemas']['SecondFactor'];
    };
    /** @description The body that sends a friend request. */
    SendFriendRequest: {
      /** @description The receiver's username. */
      username: string;
    };
    /** @description A session of the current user. */
    Session: {
      /** @description Number of open sockets. */
      connections: number;
      /** @description Time of the login. */
      created_at: components['schemas']['Timestamp'];
      /** @description Whether it is the session of this request. */
      current: boolean;
      /** @description Browser or app, and operating system. */
      device: string;
      /** @description Expiration if the session is not used. */
      expires_at: components['schemas']['Timestamp'];
      /** @description Session id. */
      id: string;
      /** @description IP address of the last use. */
      ip: string;
      /** @description Time of the last token refresh. */
      last_used_at: components['schemas']['Timestamp'];
      /** @description Display text of the origin: this machine, the local network, or the IP address. */
      place: string;
    };
    /** @description The body that changes the status. */
    SetStatus: {
      /** @description The chosen status. */
      status: components['schemas']['ChosenStatus'];
    };
    /** @description A completed login. */
    SignedIn: {
      /** @description Access token. */
      access: string;
      /** @description Expiration of the access token. */
      access_expires_at: components['schemas']['Timestamp'];
      /** @description The user's profile. */
      profile: components['schemas']['Profile'];
      /** @description Refresh token, if the login began at `/token/`. Browsers get it as a cookie. */
      refresh?: string | null;
    };
    /** @description All-time totals of the installation. */
    SiteTotals: {
      /** @description How long was played in those matches. */
      duration_ms: number;
      /** @description Finished matches between users. */
      matches: number;
      /** @description Points scored in those matches. */
      points: number;
      /** @description Finished tournaments. */
      tournaments: number;
      /** @description Registered users. */
      users: number;
    };
    /**
     * @description What an organizer decides about a slot.
     * @enum {string}
     */
    SlotDecision: 'uphold' | 'replay' | 'award';
    /** @description The body that starts a match of two players at one keyboard, or a tournament of more. */
    StartLocal: {
      /** @description The options of the game. Options that are left out get their defaults. */
      options?: Record<string, never>;
      /** @description The names of the players. The current user's client plays all of them. */
      players: string[];
    };
    /** @description The body that starts a match against the computer. */
    StartPractice: {
      /**
       * @description A level of the game, or `adaptive` for one that follows the results of the current user. The
       *     default are the user's AI settings.
       */
      level?: string | null;
      /** @description The options of the game. Options that are left out get their defaults. */
      options?: Record<string, never>;
    };
    /** @description A user's statistics over all games. */
    Statistics: {
      /** @description Number of draws. */
      draws: number;
      /** @description Number of matches lost. */
      losses: number;
      /** @description Number of finished matches. */
      matches: number;
      /** @description Number of points scored. */
      points: number;
      /** @description Number of tournaments won. */
      tournament_wins: number;
      /** @description Number of tournaments. */
      tournaments: number;
      /** @description Number of matches won. */
      wins: number;
    };
    /** @description Statistics of a user, and the totals of the installation. */
    StatisticsOverview: {
      /** @description The user's statistics in each game that they have played. */
      games: components['schemas']['GameStatistics'][];
      /** @description All-time totals of the installation. */
      totals: components['schemas']['SiteTotals'];
      /** @description The user. */
      user: components['schemas']['UserSummary'];
    };
    /** @description Confirms the user's identity before security settings are changed. */
    StepUp: {
      /** @description Current password. */
      password: string;
    };
    /**
     * @description Result of a step-up: the confirmation, or a challenge for the second factor, which is answered at
     *     `/auth/step-up/verify/`.
     */
    StepUpAnswer: components['schemas']['Proven'] | components['schemas']['SecondStep'];
    /** @description A user who may be a friend, as mutual friends suggest. */
    Suggestion: {
      /** @description The number of mutual friends. */
      mutual_friends: number;
      /** @description The suggested user. */
      user: components['schemas']['UserSummary'];
    };
    /**
     * @description Theme of the web client.
     * @enum {string}
     */
    Theme: 'system' | 'light' | 'dark';
    /** @description The value of a tie-break. */
    TieBreakValue: {
      /** @description Its name. */
      name: string;
      /** @description Its value. */
      value: number;
    };
    /** @description A point of a match. */
    TimelinePoint: {
      /** @description The time since the start of the match, pauses not counted. */
      at_ms: number;
      /** @description The position of the scorer in `players`. */
      player: number;
      /** @description The hits of the rally. */
      rally: number;
      /** @description The tick of the match, 60 a second; in games of turns the number of moves. */
      tick: number;
    };
    /** @description Access token and refresh token. This response has no `data`. */
    TokenPair: {
      /** @description Access token, valid for 10 minutes. */
      access: string;
      /** @description Refresh token, valid once. */
      refresh: string;
      /**
       * @description Always true.
       * @enum {boolean}
       */
      success: true;
    };
    /** @description Credentials of clients that store their tokens themselves. */
    TokenRequest: {
      /** @description Current password. */
      password: string;
      /** @description Username or email address. */
      username: string;
    };
    /** @description Enables the authenticator app. */
    TotpEnable: {
      /** @description Code that the app shows. */
      code: string;
    };
    /** @description Setup of an authenticator app, which is enabled with its first code. */
    TotpSetup: {
      /** @description Secret as a link, to open with the app. */
      otpauth_url: string;
      /** @description Secret as a QR code in SVG, to scan with the app. */
      qr_svg: string;
      /** @description Secret as text, to enter in the app. */
      secret: string;
    };
    /** @description A tournament. */
    Tournament: {
      /** @description The maximum number of entrants. */
      capacity: number;
      check_in_at: components['schemas']['Timestamp'] | null;
      /** @description Who helps to organize it. */
      co_organizers: components['schemas']['UserSummary'][];
      /** @description When it was created. */
      created_at: components['schemas']['Timestamp'];
      /** @description The description; may be empty. */
      description: string;
      /** @description What a random draw was made from, in hexadecimal digits; null before the start. */
      draw_seed: string | null;
      ended_at: components['schemas']['Timestamp'] | null;
      /** @description The number of entrants. */
      entrants: number;
      /** @description How it is played. */
      format: components['schemas']['TournamentFormat'];
      /** @description The game. */
      game: string;
      /** @description The id of the tournament. */
      id: string;
      /** @description Whether the current user is an organizer. */
      is_organizer: boolean;
      /** @description Round robin: how often each two entrants meet. */
      legs: number;
      /** @description The name. */
      name: string;
      /** @description The options of its matches. */
      options: Record<string, never>;
      /** @description Who organizes it. */
      organizer: components['schemas']['UserSummary'];
      /** @description The entries of the current user and of their local players. */
      own_entries: components['schemas']['OwnTournamentEntry'][];
      /** @description Round robin: whether those who share the first place play it off. */
      play_off: boolean;
      /** @description Grows with each change. */
      revision: number;
      /** @description The current round; 0 before the start. */
      round: number;
      /** @description Swiss: the number of rounds. */
      rounds: number | null;
      /** @description How entrants get their seeds. */
      seeding: components['schemas']['TournamentSeeding'];
      /** @description Whether it starts when the last place is taken. */
      start_when_full: boolean;
      started_at: components['schemas']['Timestamp'] | null;
      starts_at: components['schemas']['Timestamp'] | null;
      /** @description The state. */
      status: components['schemas']['TournamentStatus'];
      /** @description Single elimination: whether the losers of the semi-finals play for the third place. */
      third_place: boolean;
      /** @description Who sees it. */
      visibility: components['schemas']['TournamentVisibility'];
      /** @description The length of the waiting list. */
      waiting: number;
      /** @description The number of the winner among the entrants. */
      winner: number | null;
    };
    /** @description What an organizer or entrant did. */
    TournamentAuditEntry: {
      /** @description What. */
      act: string;
      actor: components['schemas']['UserSummary'] | null;
      /** @description The state after. */
      after: Record<string, never>;
      /** @description When. */
      at: components['schemas']['Timestamp'];
      /** @description The state before. */
      before: Record<string, never>;
      /** @description The number of the entry. */
      n: number;
      /** @description The given reason; may be empty. */
      reason: string;
      /** @description The slot that it concerns. */
      slot: string | null;
    };
    /** @description The bracket of a tournament. */
    TournamentBracket: {
      /** @description The entrants. */
      entrants: components['schemas']['BracketEntrant'][];
      /** @description The revision of the tournament. */
      revision: number;
      /** @description The current round. */
      round: number;
      /** @description The slots, by part, round and position. */
      slots: components['schemas']['TournamentSlot'][];
      /** @description The state of the tournament. */
      status: components['schemas']['TournamentStatus'];
      /** @description The table of round robin and Swiss, the best first; empty in elimination. */
      table: components['schemas']['TournamentTableRow'][];
    };
    /**
     * @description How a tournament is played.
     * @enum {string}
     */
    TournamentFormat: 'single_elimination' | 'double_elimination' | 'round_robin' | 'swiss';
    /** @description A decided slot with its match. */
    TournamentRecapMatch: {
      /** @description The names of the entrants in the tournament. */
      aliases: (string | null)[];
      match: components['schemas']['GameMatch'] | null;
      /** @description The slot. */
      slot: components['schemas']['TournamentSlot'];
    };
    /**
     * @description How entrants get their seeds.
     * @enum {string}
     */
    TournamentSeeding: 'rating' | 'random' | 'manual';
    /** @description The place of an entrant in round robin and Swiss. */
    TournamentTableRow: {
      /** @description The number of the entrant. */
      number: number;
      /** @description The place. Those with the same place share it. */
      place: number;
      /** @description The points: 1 for a win, ½ for a draw. */
      points: number;
      /** @description What decides between entrants with the same points, in this order. */
      tie_breaks: components['schemas']['TieBreakValue'][];
    };
    /**
     * @description Who sees a tournament, and who may enter it.
     * @enum {string}
     */
    TournamentVisibility: 'private' | 'friends' | 'public';
    /** @description Answers a challenge for the second factor. */
    Verify: {
      /** @description The challenge from the login or step-up. */
      challenge: string;
      /** @description Code of the second factor. */
      code: string;
      /** @description The method that the code belongs to. */
      method: components['schemas']['SecondFactorMethod'];
    };
    /** @description Verifies an email address with the token from the email. */
    VerifyEmail: {
      /** @description Token from the email. */
      token: string;
    };
    /** @description Sends a message to the chat in the path. */
    WriteMessage: {
      /**
       * @description Id set by the client, for retries. Sending the same content and `reply_to` with the same id
       *     again has no further effect; different content is refused.
       */
      client_id?: string | null;
      /** @description Content, at most 2000 characters of plain text. */
      content: string;
      /** @description Id of the message to reply to, in the same chat. */
      reply_to?: string | null;
      timestamp?: components['schemas']['ClientTimestamp'] | null;
    };
    /** @description A ticket for opening one WebSocket. */
    WsTicket: {
      /** @description Expiration of the ticket. */
      expires_at: components['schemas']['Timestamp'];
      /** @description Value of `?ticket=`. */
      ticket: string;
    };
    Routes: {
      /** @description Disable two-factor authentication */
      'POST /auth/2fa/disable/': {
        body: components['schemas']['DisableSecondFactor'];
        response: components['schemas']['Envelope_SecondFactorState'];
      };
      /** @description Enable login codes by email */
      'POST /auth/2fa/email/enable/': {
        response: components['schemas']['Envelope_SecondFactorEnabled'];
      };
      /** @description Regenerate recovery codes */
      'POST /auth/2fa/recovery-codes/': {
        response: components['schemas']['Envelope_RecoveryCodes'];
      };
      /** @description Enable the authenticator app */
      'POST /auth/2fa/totp/enable/': {
        body: components['schemas']['TotpEnable'];
        response: components['schemas']['Envelope_SecondFactorEnabled'];
      };
      /** @description Set up an authenticator app */
      'POST /auth/2fa/totp/setup/': {
        response: components['schemas']['Envelope_TotpSetup'];
      };
      /** @description Resend the verification email */
      'POST /auth/email/resend/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Verify an email address */
      'POST /auth/email/verify/': {
        body: components['schemas']['VerifyEmail'];
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Log in (browser) */
      'POST /auth/login/': {
        body: components['schemas']['Login'];
        response: components['schemas']['Envelope_LoginAnswer'];
      };
      /** @description Resend the login code by email */
      'POST /auth/login/resend/': {
        body: components['schemas']['Resend'];
        response: components['schemas']['Envelope_Resent'];
      };
      /** @description Complete a login with a second factor */
      'POST /auth/login/verify/': {
        body: components['schemas']['Verify'];
        response: components['schemas']['Envelope_LoginAnswer'];
      };
      /** @description Log out of all sessions */
      'POST /auth/logout-all/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Log out */
      'POST /auth/logout/': {
        body: components['schemas']['Refresh'];
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Change the password */
      'POST /auth/password/change/': {
        body: components['schemas']['ChangePassword'];
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Request a password reset */
      'POST /auth/password/forgot/': {
        body: components['schemas']['ForgotPassword'];
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Reset the password */
      'POST /auth/password/reset/': {
        body: components['schemas']['ResetPassword'];
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description List sessions */
      'GET /auth/sessions/': {
        response: components['schemas']['ListEnvelope_Session'];
      };
      /** @description End a session */
      'DELETE /auth/sessions/{id}/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Confirm the user's identity (step-up) */
      'POST /auth/step-up/': {
        body: components['schemas']['StepUp'];
        response: components['schemas']['Envelope_StepUpAnswer'];
      };
      /** @description Complete a step-up with a second factor */
      'POST /auth/step-up/verify/': {
        body: components['schemas']['Verify'];
        response: components['schemas']['Envelope_Proven'];
      };
      /** @description Create a WebSocket ticket */
      'POST /auth/ws-ticket/': {
        response: components['schemas']['Envelope_WsTicket'];
      };
      /** @description List blocked users */
      'GET /blocks/': {
        response: components['schemas']['ListEnvelope_BlockedUser'];
      };
      /** @description Block a user */
      'POST /blocks/': {
        body: components['schemas']['BlockUser'];
        response: components['schemas']['Envelope_BlockedUser'];
      };
      /** @description Unblock a user */
      'DELETE /blocks/{username}/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description List conversations */
      'GET /chats/': {
        response: components['schemas']['ListEnvelope_Conversation'];
      };
      /** @description Get a lobby by its name */
      'GET /chats/lobbies/{name}/': {
        response: components['schemas']['Envelope_OpenRoom'];
      };
      /** @description Open a lobby */
      'PUT /chats/lobbies/{name}/': {
        response: components['schemas']['Envelope_OpenRoom'];
      };
      /** @description Join a lobby */
      'POST /chats/lobbies/{name}/join/': {
        response: components['schemas']['Envelope_OpenRoom'];
      };
      /** @description List lobbies and rooms */
      'GET /chats/rooms/': {
        response: components['schemas']['ListEnvelope_RoomLine'];
      };
      /** @description Get a lobby or room */
      'GET /chats/rooms/{id}/': {
        response: components['schemas']['Envelope_OpenRoom'];
      };
      /** @description Leave a lobby */
      'POST /chats/rooms/{id}/leave/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description List members of a lobby or room */
      'GET /chats/rooms/{id}/members/': {
        response: components['schemas']['ListEnvelope_UserSummary'];
      };
      /** @description List messages of a room or lobby */
      'GET /chats/rooms/{id}/messages/': {
        response: components['schemas']['ListEnvelope_Message'];
      };
      /** @description Send a message */
      'POST /chats/rooms/{id}/messages/': {
        body: components['schemas']['WriteMessage'];
        response: components['schemas']['Envelope_Message'];
      };
      /** @description Get unread counts */
      'GET /chats/unread/': {
        response: components['schemas']['Envelope_Unread'];
      };
      /** @description Open a conversation */
      'PUT /chats/{username}/': {
        response: components['schemas']['Envelope_OpenConversation'];
      };
      /** @description Delete a conversation */
      'DELETE /chats/{username}/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description List messages of a conversation */
      'GET /chats/{username}/messages/': {
        response: components['schemas']['ListEnvelope_Message'];
      };
      /** @description List friends */
      'GET /friends/': {
        response: components['schemas']['ListEnvelope_Friend'];
      };
      /** @description List pending friend requests */
      'GET /friends/requests/': {
        response: components['schemas']['ListEnvelope_FriendRequest'];
      };
      /** @description Send a friend request */
      'POST /friends/requests/': {
        body: components['schemas']['SendFriendRequest'];
        response: components['schemas']['Envelope_FriendRequestResult'];
      };
      /** @description Cancel a friend request */
      'DELETE /friends/requests/{id}/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Accept a friend request */
      'POST /friends/requests/{id}/accept/': {
        response: components['schemas']['Envelope_Friend'];
      };
      /** @description Decline a friend request */
      'POST /friends/requests/{id}/decline/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description List friend suggestions */
      'GET /friends/suggestions/': {
        response: components['schemas']['ListEnvelope_Suggestion'];
      };
      /** @description Remove a friend */
      'DELETE /friends/{username}/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description List games */
      'GET /games/': {
        response: components['schemas']['Envelope_GameListings'];
      };
      /** @description Play at one keyboard */
      'POST /games/{game}/local/': {
        body: components['schemas']['StartLocal'];
        response: components['schemas']['Envelope_LocalStart'];
      };
      /** @description Play against the computer */
      'POST /games/{game}/practice/': {
        body: components['schemas']['StartPractice'];
        response: components['schemas']['Envelope_GameMatch'];
      };
      /** @description Enter the queue of a game */
      'POST /games/{game}/queue/': {
        body: components['schemas']['EnterQueue'];
        response: components['schemas']['Envelope_QueueTicket'];
      };
      /** @description Leave the queue of a game */
      'DELETE /games/{game}/queue/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Get the home page */
      'GET /home/': {
        response: components['schemas']['Envelope_HomePage'];
      };
      /** @description List invites */
      'GET /invites/': {
        response: components['schemas']['ListEnvelope_Invite'];
      };
      /** @description Send a game invite */
      'POST /invites/': {
        body: components['schemas']['CreateInvite'];
        response: components['schemas']['Envelope_Invite'];
      };
      /** @description List pending received invites */
      'GET /invites/inbox/': {
        response: components['schemas']['ListEnvelope_Invite'];
      };
      /** @description Accept an invite */
      'POST /invites/{id}/accept/': {
        response: components['schemas']['Envelope_Invite'];
      };
      /** @description Cancel an invite */
      'POST /invites/{id}/cancel/': {
        response: components['schemas']['Envelope_Invite'];
      };
      /** @description Decline an invite */
      'POST /invites/{id}/decline/': {
        response: components['schemas']['Envelope_Invite'];
      };
      /** @description List a leaderboard */
      'GET /leaderboards/{game}/': {
        response: components['schemas']['ListEnvelope_LeaderboardEntry'];
      };
      /** @description List finished matches */
      'GET /matches/': {
        response: components['schemas']['ListEnvelope_GameMatch'];
      };
      /** @description List live matches */
      'GET /matches/live/': {
        response: components['schemas']['ListEnvelope_GameMatch'];
      };
      /** @description Get a match */
      'GET /matches/{id}/': {
        response: components['schemas']['Envelope_GameMatch'];
      };
      /** @description Challenge an opponent again */
      'POST /matches/{id}/challenge/': {
        body: components['schemas']['PlayAgain'];
        response: components['schemas']['Envelope_Invite'];
      };
      /** @description Offer a rematch */
      'POST /matches/{id}/rematch/': {
        body: components['schemas']['PlayAgain'];
        response: components['schemas']['Envelope_Invite'];
      };
      /** @description Download a replay */
      'GET /matches/{id}/replay/': {
        response: components['schemas']['Envelope_ReplayVerification'];
      };
      /** @description Edit a message */
      'PATCH /messages/{id}/': {
        body: components['schemas']['PatchMessage'];
        response: components['schemas']['Envelope_Message'];
      };
      /** @description Delete a message */
      'DELETE /messages/{id}/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Like a message */
      'POST /messages/{id}/like/': {
        response: components['schemas']['Envelope_LikeUpdate'];
      };
      /** @description Remove a like from a message */
      'DELETE /messages/{id}/like/': {
        response: components['schemas']['Envelope_LikeUpdate'];
      };
      /** @description Mark messages as read */
      'POST /messages/{id}/read/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Report a message to the moderators */
      'POST /messages/{id}/report/': {
        body: components['schemas']['ReportMessage'];
        response: components['schemas']['Envelope_Report'];
      };
      /** @description List notifications */
      'GET /notifications/': {
        response: components['schemas']['ListEnvelope_Notification'];
      };
      /** @description Delete all notifications */
      'POST /notifications/clear/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Mark all notifications as read */
      'POST /notifications/mark_all_as_read/': {
        response: components['schemas']['Envelope_Badges'];
      };
      /** @description Get notification preferences */
      'GET /notifications/preferences/': {
        response: components['schemas']['Envelope_NotificationPreferences'];
      };
      /** @description Replace notification preferences */
      'PUT /notifications/preferences/': {
        body: components['schemas']['PutNotificationPreferences'];
        response: components['schemas']['Envelope_NotificationPreferences'];
      };
      /** @description Show the unsubscribe page */
      'GET /notifications/unsubscribe/': {
        response: null;
      };
      /** @description Unsubscribe from emails about unread notifications */
      'POST /notifications/unsubscribe/': {
        response: null;
      };
      /** @description Delete a notification */
      'DELETE /notifications/{id}/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Mark a notification as read */
      'POST /notifications/{id}/read/': {
        response: components['schemas']['Envelope_Notification'];
      };
      /** @description Count users who are online */
      'GET /online/': {
        response: components['schemas']['Envelope_OnlineCounts'];
      };
      /** @description List groups */
      'GET /social/groups/': {
        response: components['schemas']['ListEnvelope_Group'];
      };
      /** @description Create a group */
      'POST /social/groups/': {
        body: components['schemas']['CreateGroup'];
        response: components['schemas']['Envelope_Group'];
      };
      /** @description Get a group */
      'GET /social/groups/{id}/': {
        response: components['schemas']['Envelope_Group'];
      };
      /** @description Get statistics */
      'GET /stats/': {
        response: components['schemas']['Envelope_StatisticsOverview'];
      };
      /** @description Compare with another user */
      'GET /stats/head-to-head/': {
        response: components['schemas']['Envelope_HeadToHeads'];
      };
      /** @description Obtain a token pair */
      'POST /token/': {
        body: components['schemas']['TokenRequest'];
        response: components['schemas']['TokenPair'];
      };
      /** @description Refresh the tokens */
      'POST /token/refresh/': {
        body: components['schemas']['Refresh'];
        response: components['schemas']['RefreshedTokens'];
      };
      /** @description List tournaments */
      'GET /tournaments/': {
        response: components['schemas']['ListEnvelope_Tournament'];
      };
      /** @description Create a tournament */
      'POST /tournaments/': {
        body: components['schemas']['CreateTournament'];
        response: components['schemas']['Envelope_Tournament'];
      };
      /** @description Get a tournament */
      'GET /tournaments/{id}/': {
        response: components['schemas']['Envelope_Tournament'];
      };
      /** @description Change a tournament */
      'PATCH /tournaments/{id}/': {
        body: components['schemas']['ChangeTournament'];
        response: components['schemas']['Envelope_Tournament'];
      };
      /** @description Cancel a tournament */
      'DELETE /tournaments/{id}/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description List the audit trail of a tournament */
      'GET /tournaments/{id}/audit/': {
        response: components['schemas']['ListEnvelope_TournamentAuditEntry'];
      };
      /** @description Get the bracket of a tournament */
      'GET /tournaments/{id}/bracket/': {
        response: components['schemas']['Envelope_TournamentBracket'];
      };
      /** @description Request a bye */
      'POST /tournaments/{id}/bye/': {
        body: components['schemas']['RequestBye'];
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Check in to a tournament */
      'POST /tournaments/{id}/check-in/': {
        response: components['schemas']['Envelope_TournamentEntrant'];
      };
      /** @description Add a co-organizer */
      'POST /tournaments/{id}/co-organizers/': {
        body: components['schemas']['CoOrganizer'];
        response: components['schemas']['Envelope_Tournament'];
      };
      /** @description Remove a co-organizer */
      'DELETE /tournaments/{id}/co-organizers/{username}/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Dispute a result */
      'POST /tournaments/{id}/dispute/': {
        body: components['schemas']['DisputeSlot'];
        response: components['schemas']['Envelope_TournamentSlot'];
      };
      /** @description List the entrants of a tournament */
      'GET /tournaments/{id}/entrants/': {
        response: components['schemas']['ListEnvelope_TournamentEntrant'];
      };
      /** @description Disqualify an entrant */
      'POST /tournaments/{id}/entrants/{number}/disqualify/': {
        body: components['schemas']['Disqualify'];
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Invite users to a tournament */
      'POST /tournaments/{id}/invite/': {
        body: components['schemas']['InviteToTournament'];
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Open a draft for registration */
      'POST /tournaments/{id}/open/': {
        response: components['schemas']['Envelope_Tournament'];
      };
      /** @description Pause a tournament */
      'POST /tournaments/{id}/pause/': {
        response: components['schemas']['Envelope_Tournament'];
      };
      /** @description List the results of a tournament */
      'GET /tournaments/{id}/recap/': {
        response: components['schemas']['ListEnvelope_TournamentRecapMatch'];
      };
      /** @description Register for a tournament */
      'POST /tournaments/{id}/register/': {
        body: components['schemas']['EnterTournament'];
        response: components['schemas']['Envelope_TournamentEntrant'];
      };
      /** @description Resume a tournament */
      'POST /tournaments/{id}/resume/': {
        response: components['schemas']['Envelope_Tournament'];
      };
      /** @description Set the seeds of a tournament */
      'PUT /tournaments/{id}/seeds/': {
        body: components['schemas']['OrderSeeds'];
        response: components['schemas']['Envelope_Tournament'];
      };
      /** @description Decide about a result */
      'POST /tournaments/{id}/slots/{slot}/decide/': {
        body: components['schemas']['DecideSlot'];
        response: components['schemas']['Envelope_TournamentSlot'];
      };
      /** @description Start a tournament */
      'POST /tournaments/{id}/start/': {
        response: components['schemas']['Envelope_Tournament'];
      };
      /** @description Leave a tournament */
      'POST /tournaments/{id}/unregister/': {
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Search users */
      'GET /users/': {
        response: components['schemas']['ListEnvelope_UserSummary'];
      };
      /** @description Get the current user's profile */
      'GET /users/profile/': {
        response: components['schemas']['Envelope_Profile'];
      };
      /** @description Replace the current user's profile */
      'PUT /users/profile/': {
        body: components['schemas']['PutProfile'];
        response: components['schemas']['Envelope_Profile'];
      };
      /** @description Update the current user's profile */
      'PATCH /users/profile/': {
        body: components['schemas']['PatchProfile'];
        response: components['schemas']['Envelope_Profile'];
      };
      /** @description Delete the current user's account */
      'DELETE /users/profile/': {
        body: components['schemas']['DeleteAccount'];
        response: components['schemas']['Envelope_NoData'];
      };
      /** @description Get AI opponent settings */
      'GET /users/profile/ai-settings/': {
        response: components['schemas']['Envelope_AiSettings'];
      };
      /** @description Replace AI opponent settings */
      'PUT /users/profile/ai-settings/': {
        body: components['schemas']['PutAiSettings'];
        response: components['schemas']['Envelope_AiSettings'];
      };
      /** @description Upload an avatar */
      'POST /users/profile/avatar/': {
        response: components['schemas']['Envelope_Avatar'];
      };
      /** @description Delete the avatar */
      'DELETE /users/profile/avatar/': {
        response: components['schemas']['Envelope_Avatar'];
      };
      /** @description List data exports */
      'GET /users/profile/export/': {
        response: components['schemas']['ListEnvelope_Export'];
      };
      /** @description Request a data export */
      'POST /users/profile/export/': {
        response: components['schemas']['Envelope_Export'];
      };
      /** @description Get a data export */
      'GET /users/profile/export/{id}/': {
        response: components['schemas']['Envelope_Export'];
      };
      /** @description Download a data export */
      'GET /users/profile/export/{id}/download/': {
        response: string;
      };
      /** @description Get preferences */
      'GET /users/profile/preferences/': {
        response: components['schemas']['Envelope_Preferences'];
      };
      /** @description Replace preferences */
      'PUT /users/profile/preferences/': {
        body: components['schemas']['Preferences'];
        response: components['schemas']['Envelope_Preferences'];
      };
      /** @description Get the presence status */
      'GET /users/profile/status/': {
        response: components['schemas']['Envelope_OwnStatus'];
      };
      /** @description Set the presence status */
      'PUT /users/profile/status/': {
        body: components['schemas']['SetStatus'];
        response: components['schemas']['Envelope_OwnStatus'];
      };
      /** @description Register a user */
      'POST /users/register/': {
        body: components['schemas']['Register'];
        response: components['schemas']['Envelope_Profile'];
      };
      /** @description Get a user's public profile */
      'GET /users/{username}/': {
        response: components['schemas']['Envelope_PublicProfile'];
      };
      /** @description Get a user's avatar */
      'GET /users/{username}/avatar/': {
        response: null;
      };
      /** @description List a user's finished matches */
      'GET /users/{username}/matches/': {
        response: components['schemas']['ListEnvelope_GameMatch'];
      };
      /** @description List the tournaments of a user */
      'GET /users/{username}/tournaments/': {
        response: components['schemas']['ListEnvelope_PlayedTournament'];
      };
      /** @description List mail in the dev mailbox */
      'GET /dev/mailbox/': {
        response: components['schemas']['Envelope_Mailbox'];
      };
      /** @description Show a mail from the dev mailbox */
      'GET /dev/mailbox/{id}/': {
        response: null;
      };
      /** @description Check liveness */
      'GET /healthz': {
        response: components['schemas']['Envelope_Alive'];
      };
      /** @description Get metrics */
      'GET /metrics': {
        response: null;
      };
      /** @description Check readiness */
      'GET /readyz': {
        response: components['schemas']['Envelope_Ready'];
      };
      /** @description Open the WebSocket of a lobby */
      'GET /ws/chat/lobby/{name}/': {
        response: null;
      };
      /** @description Open the WebSocket of a conversation */
      'GET /ws/chat/{friend}/': {
        response: null;
      };
      /** @description Open the WebSocket for all events */
      'GET /ws/events/': {
        response: null;
      };
      /** @description Open the WebSocket for the presence of friends */
      'GET /ws/friends/status/': {
        response: null;
      };
      /** @description Open the WebSocket of a match */
      'GET /ws/game/{match_id}/': {
        response: null;
      };
      /** @description Open the WebSocket of the queue */
      'GET /ws/matchmaking/': {
        response: null;
      };
      /** @description Open the WebSocket for notifications */
      'GET /ws/notifications/': {
        response: null;
      };
      /** @description Open the WebSocket of a tournament */
      'GET /ws/tournament/{id}/': {
        response: null;
      };
    };
    SocketActions: {
      direct_chat: {
        /** @description Deletes a message of the current user for all members. */
        delete_message: components['schemas']['MessageRef'];
        /** @description Edits a message of the current user. */
        edit_message: components['schemas']['EditMessage'];
        /** @description Likes a message of another user. */
        like_message: {
          /** @description Optional: the chat of this socket. Other chats are refused. */
          chat_id?: string;
          /** @description Message id. */
          id: string;
        };
        /** @description Sends a message. Idempotent with the same `client_id`. */
        new_message: {
          /** @description Optional: the chat of this socket. Other chats are refused. */
          chat_id?: string;
          /**
           * @description Id set by the client, for retries. Sending the same content and `reply_to` with the same id
           *     again has no further effect; different content is refused.
           */
          client_id?: string | null;
          /** @description Content, at most 2000 characters of plain text. */
          content: string;
          /** @description Id of the message to reply to, in the same chat. */
          reply_to?: string | null;
          timestamp?: components['schemas']['ClientTimestamp'] | null;
        };
        /** @description Requests `pong` with the server time. */
        ping: components['schemas']['Empty'];
        /** @description Marks a message and all earlier ones of its chat as read. */
        read_message: components['schemas']['MessageRef'];
        /** @description Requests missed events. Sent after `hello` if the socket was opened with `?resume=true`, or at any later time. */
        resume: components['schemas']['Resume'];
        /** @description Sets whether the current user is typing. Forwarded at most once in 3 seconds; expires after 5 seconds. */
        typing: {
          /** @description Optional: the chat of this socket. Other chats are refused. */
          chat_id?: string;
          /** @description Whether the current user is typing. */
          is_typing: boolean;
        };
        /** @description Removes a like. */
        unlike_message: {
          /** @description Optional: the chat of this socket. Other chats are refused. */
          chat_id?: string;
          /** @description Message id. */
          id: string;
        };
      };
      events: {
        /** @description Sends a friend request, or accepts the request of that user. */
        add_new_friend: components['schemas']['AddNewFriend'];
        /** @description Cancels the invite to this user. */
        cancel_game_invite: components['schemas']['NamedPlayer'];
        /** @description Deletes a message of the current user for all members. */
        delete_message: components['schemas']['MessageRef'];
        /** @description Edits a message of the current user. */
        edit_message: components['schemas']['EditMessage'];
        /** @description Accepts the invite of this user. */
        game_accepted: components['schemas']['NamedPlayer'];
        /** @description Declines the invite of this user. */
        game_declined: components['schemas']['NamedPlayer'];
        /** @description Sends a game invite. */
        game_invite: components['schemas']['CreateInvite'];
        /** @description Subscribes this socket to a lobby without joining it. */
        join_chat: components['schemas']['ChatRef'];
        /** @description Likes a message of another user. */
        like_message: components['schemas']['LikeMessage'];
        /** @description Sends a message. Idempotent with the same `client_id`. */
        new_message: components['schemas']['PostMessage'];
        /** @description Notifies the users who are invited to a tournament. */
        new_tournament: components['schemas']['AnnounceTournament'];
        /** @description Sends an announcement to all users. Administrators only. */
        notification: components['schemas']['Announcement'];
        /** @description Requests `pong` with the server time. */
        ping: components['schemas']['Empty'];
        /** @description Marks a message and all earlier ones of its chat as read. */
        read_message: components['schemas']['MessageRef'];
        /** @description Marks a notification as read. */
        read_notification: components['schemas']['NotificationRef'];
        /** @description Accepts or declines an invite. */
        reply_game_invite: components['schemas']['ReplyGameInvite'];
        /** @description Requests missed events. Sent after `hello` if the socket was opened with `?resume=true`, or at any later time. */
        resume: components['schemas']['Resume'];
        /** @description Notifies the other members of a new chat. */
        room_created: components['schemas']['ChatRef'];
        /** @description Sets whether the current user is typing. Forwarded at most once in 3 seconds; expires after 5 seconds. */
        typing: components['schemas']['SetTyping'];
        /** @description Removes a like. */
        unlike_message: components['schemas']['LikeMessage'];
        /** @description Announces that the current user is away, while the socket stays open. */
        user_offline: components['schemas']['AnnouncePresence'];
        /** @description Announces that the current user is active. */
        user_online: components['schemas']['AnnouncePresence'];
      };
      friends_status: {
        /** @description Requests `pong` with the server time. */
        ping: components['schemas']['Empty'];
        /** @description Requests missed events. Sent after `hello` if the socket was opened with `?resume=true`, or at any later time. */
        resume: components['schemas']['Resume'];
        /** @description Announces that the current user is away, while the socket stays open. */
        user_offline: components['schemas']['AnnouncePresence'];
        /** @description Announces that the current user is active. */
        user_online: components['schemas']['AnnouncePresence'];
      };
      lobby: {
        /** @description Deletes a message of the current user for all members. */
        delete_message: components['schemas']['MessageRef'];
        /** @description Edits a message of the current user. */
        edit_message: components['schemas']['EditMessage'];
        /** @description Likes a message of another user. */
        like_message: {
          /** @description Optional: the chat of this socket. Other chats are refused. */
          chat_id?: string;
          /** @description Message id. */
          id: string;
        };
        /** @description Sends a message. Idempotent with the same `client_id`. */
        new_message: {
          /** @description Optional: the chat of this socket. Other chats are refused. */
          chat_id?: string;
          /**
           * @description Id set by the client, for retries. Sending the same content and `reply_to` with the same id
           *     again has no further effect; different content is refused.
           */
          client_id?: string | null;
          /** @description Content, at most 2000 characters of plain text. */
          content: string;
          /** @description Id of the message to reply to, in the same chat. */
          reply_to?: string | null;
          timestamp?: components['schemas']['ClientTimestamp'] | null;
        };
        /** @description Requests `pong` with the server time. */
        ping: components['schemas']['Empty'];
        /** @description Marks a message and all earlier ones of its chat as read. */
        read_message: components['schemas']['MessageRef'];
        /** @description Requests missed events. Sent after `hello` if the socket was opened with `?resume=true`, or at any later time. */
        resume: components['schemas']['Resume'];
        /** @description Sets whether the current user is typing. Forwarded at most once in 3 seconds; expires after 5 seconds. */
        typing: {
          /** @description Optional: the chat of this socket. Other chats are refused. */
          chat_id?: string;
          /** @description Whether the current user is typing. */
          is_typing: boolean;
        };
        /** @description Removes a like. */
        unlike_message: {
          /** @description Optional: the chat of this socket. Other chats are refused. */
          chat_id?: string;
          /** @description Message id. */
          id: string;
        };
      };
      match: {
        /** @description Writes to the other player. Spectators can read it. */
        chat: components['schemas']['MatchChat'];
        /** @description Games of ticks: the direction of the paddle. Not acknowledged without `cid`; also as a binary frame. */
        input: components['schemas']['MatchInput'];
        /** @description Games of turns: a move. */
        move: components['schemas']['MatchMove'];
        /** @description Requests a pause. It begins before the next serve, or at once if both request it. */
        pause: components['schemas']['Empty'];
        /** @description Requests `pong` with the server time. */
        ping: components['schemas']['Empty'];
        /** @description The current user is ready. */
        ready: components['schemas']['Empty'];
        /** @description Accepts the offer. */
        rematch_accept: components['schemas']['Empty'];
        /** @description Declines the offer. */
        rematch_decline: components['schemas']['Empty'];
        /** @description Offers a rematch. */
        rematch_offer: components['schemas']['Empty'];
        /** @description Gives the match up. */
        resign: components['schemas']['Empty'];
        /** @description Ends the pause. */
        resume: components['schemas']['Empty'];
        /** @description With `?frames=lockstep`: requests the whole state. */
        resync: components['schemas']['Empty'];
      };
      matchmaking: {
        /** @description Leaves the queue. */
        leave_queue: components['schemas']['Empty'];
        /** @description Requests `pong` with the server time. */
        ping: components['schemas']['Empty'];
        /** @description Requests missed events. Sent after `hello` if the socket was opened with `?resume=true`, or at any later time. */
        resume: components['schemas']['Resume'];
      };
      notifications: {
        /** @description Sends a friend request, or accepts the request of that user. */
        add_new_friend: components['schemas']['AddNewFriend'];
        /** @description Cancels the invite to this user. */
        cancel_game_invite: components['schemas']['NamedPlayer'];
        /** @description Accepts the invite of this user. */
        game_accepted: components['schemas']['NamedPlayer'];
        /** @description Declines the invite of this user. */
        game_declined: components['schemas']['NamedPlayer'];
        /** @description Sends a game invite. */
        game_invite: components['schemas']['CreateInvite'];
        /** @description Notifies the users who are invited to a tournament. */
        new_tournament: components['schemas']['AnnounceTournament'];
        /** @description Sends an announcement to all users. Administrators only. */
        notification: components['schemas']['Announcement'];
        /** @description Requests `pong` with the server time. */
        ping: components['schemas']['Empty'];
        /** @description Marks a notification as read. */
        read_notification: components['schemas']['NotificationRef'];
        /** @description Accepts or declines an invite. */
        reply_game_invite: components['schemas']['ReplyGameInvite'];
        /** @description Requests missed events. Sent after `hello` if the socket was opened with `?resume=true`, or at any later time. */
        resume: components['schemas']['Resume'];
        /** @description Announces that the current user is away, while the socket stays open. */
        user_offline: components['schemas']['AnnouncePresence'];
        /** @description Announces that the current user is active. */
        user_online: components['schemas']['AnnouncePresence'];
      };
      tournament: {
        /** @description Requests `pong` with the server time. */
        ping: components['schemas']['Empty'];
        /** @description Requests missed events. Sent after `hello` if the socket was opened with `?resume=true`, or at any later time. */
        resume: components['schemas']['Resume'];
      };
    };
    SocketEvents: {
      direct_chat: {
        /** @description The action with this `cid` succeeded, and its effects are stored. */
        ack: components['schemas']['Ack'];
        /** @description A message was liked, or a like was removed. */
        chat_like_update: components['schemas']['LikeUpdate'];
        /** @description An action failed. The socket stays open. */
        error: components['schemas']['Problem'];
        /** @description The first frame: the user, the subscribed streams with their positions, and the unread counts. */
        hello: components['schemas']['Hello'];
        /** @description The chat of this socket. */
        joined: components['schemas']['Joined'];
        /** @description A message was deleted. Its `seq` is not used again. */
        message_deleted: components['schemas']['MessageDeleted'];
        /** @description A message was edited. */
        message_edited: components['schemas']['MessageEdited'];
        /** @description A message was sent. Includes the `timestamp` of the sender's client. */
        new_message: components['schemas']['NewMessage'];
        /** @description Response to `ping`. */
        pong: components['schemas']['Pong'];
        /** @description Missed events of these streams are no longer available. Read the state over REST. */
        resync: components['schemas']['Resync'];
        /** @description Another user started or stopped typing. */
        typing: components['schemas']['Typing'];
      };
      events: {
        /** @description The action with this `cid` succeeded, and its effects are stored. */
        ack: components['schemas']['Ack'];
        /** @description The unread counts changed: notifications were read, resolved or deleted. */
        badge_update: components['schemas']['BadgeUpdate'];
        /** @description The current user joined a chat. Its events follow. */
        chat_joined: components['schemas']['ChatJoined'];
        /** @description The current user left a chat or was removed. No more events of it follow. */
        chat_left: components['schemas']['ChatRef'];
        /** @description A message was liked, or a like was removed. */
        chat_like_update: components['schemas']['LikeUpdate'];
        /** @description The current user deleted a conversation in another client. */
        conversation_deleted: components['schemas']['ConversationDeleted'];
        /** @description An action failed. The socket stays open. */
        error: components['schemas']['Problem'];
        /** @description A friendship ended. Sent to both users. */
        friend_removed: components['schemas']['FriendRemoved'];
        /** @description A friend request was sent. Sent to both users. */
        friend_request: components['schemas']['FriendRequest'];
        /** @description A friend request was answered, canceled or removed. */
        friend_request_removed: components['schemas']['FriendRequestRemoved'];
        /** @description The presence of all friends. Sent when the socket is opened, and again when a friend is added or removed. */
        friends_status: components['schemas']['FriendsPresence'];
        /** @description An invite was accepted. Sent to both users. */
        game_accepted: components['schemas']['InviteAnswered'];
        /** @description An invite was declined. Sent to both users. */
        game_declined: components['schemas']['InviteAnswered'];
        /** @description A match is ready to join. Sent to both users. */
        game_found: components['schemas']['GameFound'];
        /** @description The current user received a game invite. */
        game_invite: components['schemas']['Invite'];
        /** @description An invite was canceled or expired. Sent to both users. If an invite could not be sent, its sender gets this frame without `seq`. */
        game_invite_canceled: components['schemas']['GameInviteCanceled'];
        /** @description The current user sent a game invite. */
        game_invite_sent: components['schemas']['Invite'];
        /** @description The first frame: the user, the subscribed streams with their positions, and the unread counts. */
        hello: components['schemas']['Hello'];
        /** @description This socket is subscribed to the chat. */
        join_chat: components['schemas']['ChatRef'];
        /** @description A match of the current user ended without a result. */
        match_canceled: components['schemas']['MatchEnded'];
        /** @description A match of the current user has a result. */
        match_finished: components['schemas']['MatchEnded'];
        /** @description A message was deleted. Its `seq` is not used again. */
        message_deleted: components['schemas']['MessageDeleted'];
        /** @description A message was edited. */
        message_edited: components['schemas']['MessageEdited'];
        /** @description Another user has read the current user's messages up to this one. */
        message_read: components['schemas']['MessageRead'];
        /** @description A friendship began. Sent to both users. */
        new_friend: components['schemas']['NewFriend'];
        /** @description A message was sent. Includes the `timestamp` of the sender's client. */
        new_message: components['schemas']['NewMessage'];
        /** @description The current user is invited to a tournament. */
        new_tournament: components['schemas']['TournamentInvite'];
        /** @description A new notification, with the unread counts. */
        notification: components['schemas']['NotificationCreated'];
        /** @description The current user's chosen and effective status. */
        own_status: components['schemas']['OwnStatus'];
        /** @description Response to `ping`. */
        pong: components['schemas']['Pong'];
        /** @description Missed events of these streams are no longer available. Read the state over REST. */
        resync: components['schemas']['Resync'];
        /** @description A chat was created. Repeated notifications by members are not durable and have no `seq`. */
        room_created: components['schemas']['ChatRef'];
        /** @description Another user started or stopped typing. */
        typing: components['schemas']['Typing'];
        /** @description The current user blocked a user in another client. */
        user_blocked: components['schemas']['BlockedUser'];
        /** @description A friend went offline, or hides their presence. */
        user_offline: components['schemas']['FriendPresence'];
        /** @description A friend came online. */
        user_online: components['schemas']['FriendPresence'];
        /** @description The status of a friend changed. */
        user_status: components['schemas']['FriendPresence'];
        /** @description The current user unblocked a user in another client. */
        user_unblocked: components['schemas']['UserUnblocked'];
      };
      friends_status: {
        /** @description The action with this `cid` succeeded, and its effects are stored. */
        ack: components['schemas']['Ack'];
        /** @description An action failed. The socket stays open. */
        error: components['schemas']['Problem'];
        /** @description The presence of all friends. Sent when the socket is opened, and again when a friend is added or removed. */
        friends_status: components['schemas']['FriendsPresence'];
        /** @description The first frame: the user, the subscribed streams with their positions, and the unread counts. */
        hello: components['schemas']['Hello'];
        /** @description Response to `ping`. */
        pong: components['schemas']['Pong'];
        /** @description Missed events of these streams are no longer available. Read the state over REST. */
        resync: components['schemas']['Resync'];
        /** @description A friend went offline, or hides their presence. */
        user_offline: components['schemas']['FriendPresence'];
        /** @description A friend came online. */
        user_online: components['schemas']['FriendPresence'];
        /** @description The status of a friend changed. */
        user_status: components['schemas']['FriendPresence'];
      };
      lobby: {
        /** @description The action with this `cid` succeeded, and its effects are stored. */
        ack: components['schemas']['Ack'];
        /** @description A message was liked, or a like was removed. */
        chat_like_update: components['schemas']['LikeUpdate'];
        /** @description An action failed. The socket stays open. */
        error: components['schemas']['Problem'];
        /** @description The first frame: the user, the subscribed streams with their positions, and the unread counts. */
        hello: components['schemas']['Hello'];
        /** @description The chat of this socket. */
        joined: components['schemas']['Joined'];
        /** @description The number of present members of a large lobby. */
        member_count: components['schemas']['LobbyCount'];
        /** @description A user joined. */
        member_joined: components['schemas']['LobbyMember'];
        /** @description A user left. */
        member_left: components['schemas']['LobbyMember'];
        /** @description The present members. Sent first, and again if too many changes occur to send each. */
        members: components['schemas']['LobbyMembers'];
        /** @description A message was deleted. Its `seq` is not used again. */
        message_deleted: components['schemas']['MessageDeleted'];
        /** @description A message was edited. */
        message_edited: components['schemas']['MessageEdited'];
        /** @description A message was sent. Includes the `timestamp` of the sender's client. */
        new_message: components['schemas']['NewMessage'];
        /** @description Response to `ping`. */
        pong: components['schemas']['Pong'];
        /** @description Missed events of these streams are no longer available. Read the state over REST. */
        resync: components['schemas']['Resync'];
        /** @description Another user started or stopped typing. */
        typing: components['schemas']['Typing'];
      };
      match: {
        /** @description The action with this `cid` succeeded, and its effects are stored. */
        ack: components['schemas']['Ack'];
        /** @description The match ended without a result. */
        canceled: components['schemas']['MatchCanceled'];
        /** @description A player wrote something. */
        chat: components['schemas']['MatchChatSaid'];
        /** @description Play begins in a moment. */
        countdown: components['schemas']['MatchCountdown'];
        /** @description An action failed. The socket stays open. */
        error: components['schemas']['Problem'];
        /** @description The match has a result, which is stored. */
        finished: components['schemas']['MatchFinished'];
        /** @description The first frame: the user, the subscribed streams with their positions, and the unread counts. */
        hello: components['schemas']['Hello'];
        /** @description The match as of now. Sent first, and again when another server has taken over. A finished match is followed by close code 4410. */
        joined: components['schemas']['MatchJoined'];
        /** @description A player requests a pause. */
        pause_offer: components['schemas']['PlayerPresence'];
        /** @description The match stands still. */
        paused: components['schemas']['MatchPaused'];
        /** @description A player is connected. */
        player_joined: components['schemas']['PlayerPresence'];
        /** @description A player is not connected any more. */
        player_left: components['schemas']['PlayerPresence'];
        /** @description A player scored. */
        point: components['schemas']['MatchPoint'];
        /** @description Response to `ping`. */
        pong: components['schemas']['Pong'];
        /** @description A rematch was accepted; `match_id` is the new match. */
        rematch_accept: components['schemas']['MatchRematch'];
        /** @description A player declines the rematch. */
        rematch_decline: components['schemas']['MatchRematch'];
        /** @description A player offers a rematch. */
        rematch_offer: components['schemas']['MatchRematch'];
        /** @description The match goes on. */
        resumed: components['schemas']['MatchResumed'];
        /** @description Missed events of these streams are no longer available. Read the state over REST. */
        resync: components['schemas']['Resync'];
        /** @description The number of spectators changed. */
        spectators: components['schemas']['MatchSpectators'];
        /** @description The state, together with the fields of the game. Only the latest one is sent. In compact form with `?frames=binary` and `?frames=lockstep`. */
        state: components['schemas']['MatchStateFrame'];
      };
      matchmaking: {
        /** @description The action with this `cid` succeeded, and its effects are stored. */
        ack: components['schemas']['Ack'];
        /** @description An action failed. The socket stays open. */
        error: components['schemas']['Problem'];
        /** @description A match is ready to join. Sent to both users. */
        game_found: components['schemas']['GameFound'];
        /** @description The first frame: the user, the subscribed streams with their positions, and the unread counts. */
        hello: components['schemas']['Hello'];
        /** @description Response to `ping`. */
        pong: components['schemas']['Pong'];
        /** @description The current user's place in the queue. Sent when the socket is opened, and every two seconds. */
        queued: components['schemas']['Queued'];
        /** @description Missed events of these streams are no longer available. Read the state over REST. */
        resync: components['schemas']['Resync'];
      };
      notifications: {
        /** @description The action with this `cid` succeeded, and its effects are stored. */
        ack: components['schemas']['Ack'];
        /** @description The unread counts changed: notifications were read, resolved or deleted. */
        badge_update: components['schemas']['BadgeUpdate'];
        /** @description An action failed. The socket stays open. */
        error: components['schemas']['Problem'];
        /** @description A friendship ended. Sent to both users. */
        friend_removed: components['schemas']['FriendRemoved'];
        /** @description A friend request was sent. Sent to both users. */
        friend_request: components['schemas']['FriendRequest'];
        /** @description A friend request was answered, canceled or removed. */
        friend_request_removed: components['schemas']['FriendRequestRemoved'];
        /** @description The presence of all friends. Sent when the socket is opened, and again when a friend is added or removed. */
        friends_status: components['schemas']['FriendsPresence'];
        /** @description An invite was accepted. Sent to both users. */
        game_accepted: components['schemas']['InviteAnswered'];
        /** @description An invite was declined. Sent to both users. */
        game_declined: components['schemas']['InviteAnswered'];
        /** @description A match is ready to join. Sent to both users. */
        game_found: components['schemas']['GameFound'];
        /** @description The current user received a game invite. */
        game_invite: components['schemas']['Invite'];
        /** @description An invite was canceled or expired. Sent to both users. If an invite could not be sent, its sender gets this frame without `seq`. */
        game_invite_canceled: components['schemas']['GameInviteCanceled'];
        /** @description The current user sent a game invite. */
        game_invite_sent: components['schemas']['Invite'];
        /** @description The first frame: the user, the subscribed streams with their positions, and the unread counts. */
        hello: components['schemas']['Hello'];
        /** @description A match of the current user ended without a result. */
        match_canceled: components['schemas']['MatchEnded'];
        /** @description A match of the current user has a result. */
        match_finished: components['schemas']['MatchEnded'];
        /** @description A friendship began. Sent to both users. */
        new_friend: components['schemas']['NewFriend'];
        /** @description The current user is invited to a tournament. */
        new_tournament: components['schemas']['TournamentInvite'];
        /** @description A new notification, with the unread counts. */
        notification: components['schemas']['NotificationCreated'];
        /** @description The current user's chosen and effective status. */
        own_status: components['schemas']['OwnStatus'];
        /** @description Response to `ping`. */
        pong: components['schemas']['Pong'];
        /** @description Missed events of these streams are no longer available. Read the state over REST. */
        resync: components['schemas']['Resync'];
        /** @description The current user blocked a user in another client. */
        user_blocked: components['schemas']['BlockedUser'];
        /** @description A friend went offline, or hides their presence. */
        user_offline: components['schemas']['FriendPresence'];
        /** @description A friend came online. */
        user_online: components['schemas']['FriendPresence'];
        /** @description The status of a friend changed. */
        user_status: components['schemas']['FriendPresence'];
        /** @description The current user unblocked a user in another client. */
        user_unblocked: components['schemas']['UserUnblocked'];
      };
      tournament: {
        /** @description The action with this `cid` succeeded, and its effects are stored. */
        ack: components['schemas']['Ack'];
        /** @description The tournament was given up. */
        canceled: components['schemas']['TournamentUpdate'];
        /** @description The settings or the state of the tournament changed. */
        changed: components['schemas']['TournamentUpdate'];
        /** @description An entrant checked in. */
        checked_in: components['schemas']['EntrantUpdate'];
        /** @description An organizer changed a result. */
        corrected: components['schemas']['SlotsUpdate'];
        /** @description A result is disputed, or the dispute has ended. */
        disputed: components['schemas']['SlotsUpdate'];
        /** @description An action failed. The socket stays open. */
        error: components['schemas']['Problem'];
        /** @description The tournament has a result. */
        finished: components['schemas']['TournamentUpdate'];
        /** @description The first frame: the user, the subscribed streams with their positions, and the unread counts. */
        hello: components['schemas']['Hello'];
        /** @description The match of a slot is open. */
        match_called: components['schemas']['SlotsUpdate'];
        /** @description A slot was decided; the slots that it leads to are included. */
        match_finished: components['schemas']['SlotsUpdate'];
        /** @description The match of a slot is played. */
        match_started: components['schemas']['SlotsUpdate'];
        /** @description No matches are called until it goes on. */
        paused: components['schemas']['TournamentUpdate'];
        /** @description Response to `ping`. */
        pong: components['schemas']['Pong'];
        /** @description Somebody registered, moved up from the waiting list, or was seeded. */
        registered: components['schemas']['EntrantUpdate'];
        /** @description Matches are called again. */
        resumed: components['schemas']['TournamentUpdate'];
        /** @description Missed events of these streams are no longer available. Read the state over REST. */
        resync: components['schemas']['Resync'];
        /** @description A round of Swiss or round robin began. */
        round_started: components['schemas']['SlotsUpdate'];
        /** @description The tournament started: its bracket can be read. */
        started: components['schemas']['TournamentUpdate'];
        /** @description The tournament as of now. Sent first. */
        tournament: components['schemas']['TournamentUpdate'];
        /** @description An entrant left, missed the check-in, or was disqualified. */
        unregistered: components['schemas']['EntrantUpdate'];
      };
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type Ack = components['schemas']['Ack'];
export type AddNewFriend = components['schemas']['AddNewFriend'];
export type AllUnread = components['schemas']['AllUnread'];
export type AnnouncePresence = components['schemas']['AnnouncePresence'];
export type AnnounceTournament = components['schemas']['AnnounceTournament'];
export type Announcement = components['schemas']['Announcement'];
export type AnnouncementType = components['schemas']['AnnouncementType'];
export type BadgeChange = components['schemas']['BadgeChange'];
export type BadgeUpdate = components['schemas']['BadgeUpdate'];
export type Badges = components['schemas']['Badges'];
export type BlockedUser = components['schemas']['BlockedUser'];
export type BracketPart = components['schemas']['BracketPart'];
export type CancelReason = components['schemas']['CancelReason'];
export type ChatJoined = components['schemas']['ChatJoined'];
export type ChatKind = components['schemas']['ChatKind'];
export type ChatRef = components['schemas']['ChatRef'];
export type ChosenStatus = components['schemas']['ChosenStatus'];
export type ClientTimestamp = components['schemas']['ClientTimestamp'];
export type ConversationDeleted = components['schemas']['ConversationDeleted'];
export type CountdownReason = components['schemas']['CountdownReason'];
export type CreateInvite = components['schemas']['CreateInvite'];
export type CreatePongInvite = components['schemas']['CreatePongInvite'];
export type CreateTicTacToeInvite = components['schemas']['CreateTicTacToeInvite'];
export type EditMessage = components['schemas']['EditMessage'];
export type Empty = components['schemas']['Empty'];
export type EntrantState = components['schemas']['EntrantState'];
export type EntrantUpdate = components['schemas']['EntrantUpdate'];
export type FriendPresence = components['schemas']['FriendPresence'];
export type FriendRemoved = components['schemas']['FriendRemoved'];
export type FriendRequest = components['schemas']['FriendRequest'];
export type FriendRequestNotification = components['schemas']['FriendRequestNotification'];
export type FriendRequestRemoved = components['schemas']['FriendRequestRemoved'];
export type FriendsPresence = components['schemas']['FriendsPresence'];
export type GameFound = components['schemas']['GameFound'];
export type GameInviteCanceled = components['schemas']['GameInviteCanceled'];
export type GameInviteNotification = components['schemas']['GameInviteNotification'];
export type GameSpeed = components['schemas']['GameSpeed'];
export type GameState = components['schemas']['GameState'];
export type Hello = components['schemas']['Hello'];
export type Id = components['schemas']['Id'];
export type Invite = components['schemas']['Invite'];
export type InviteAnswered = components['schemas']['InviteAnswered'];
export type InviteOrigin = components['schemas']['InviteOrigin'];
export type InviteStatus = components['schemas']['InviteStatus'];
export type Joined = components['schemas']['Joined'];
export type LikeMessage = components['schemas']['LikeMessage'];
export type LikeUpdate = components['schemas']['LikeUpdate'];
export type LobbyCount = components['schemas']['LobbyCount'];
export type LobbyMember = components['schemas']['LobbyMember'];
export type LobbyMembers = components['schemas']['LobbyMembers'];
export type MatchCanceled = components['schemas']['MatchCanceled'];
export type MatchChat = components['schemas']['MatchChat'];
export type MatchChatSaid = components['schemas']['MatchChatSaid'];
export type MatchCountdown = components['schemas']['MatchCountdown'];
export type MatchEnded = components['schemas']['MatchEnded'];
export type MatchFinished = components['schemas']['MatchFinished'];
export type MatchInput = components['schemas']['MatchInput'];
export type MatchJoined = components['schemas']['MatchJoined'];
export type MatchMove = components['schemas']['MatchMove'];
export type MatchOrigin = components['schemas']['MatchOrigin'];
export type MatchPaused = components['schemas']['MatchPaused'];
export type MatchPhase = components['schemas']['MatchPhase'];
export type MatchPlayer = components['schemas']['MatchPlayer'];
export type MatchPoint = components['schemas']['MatchPoint'];
export type MatchReason = components['schemas']['MatchReason'];
export type MatchRematch = components['schemas']['MatchRematch'];
export type MatchResumed = components['schemas']['MatchResumed'];
export type MatchSpectators = components['schemas']['MatchSpectators'];
export type MatchStateFrame = components['schemas']['MatchStateFrame'];
export type Message = components['schemas']['Message'];
export type MessageDeleted = components['schemas']['MessageDeleted'];
export type MessageEdited = components['schemas']['MessageEdited'];
export type MessageNotice = components['schemas']['MessageNotice'];
export type MessageRead = components['schemas']['MessageRead'];
export type MessageRef = components['schemas']['MessageRef'];
export type NamedPlayer = components['schemas']['NamedPlayer'];
export type NewFriend = components['schemas']['NewFriend'];
export type NewFriendNotification = components['schemas']['NewFriendNotification'];
export type NewMessage = components['schemas']['NewMessage'];
export type NewMessageNotification = components['schemas']['NewMessageNotification'];
export type Notification = components['schemas']['Notification'];
export type NotificationCreated = components['schemas']['NotificationCreated'];
export type NotificationRef = components['schemas']['NotificationRef'];
export type OpenData = components['schemas']['OpenData'];
export type OtherNotification = components['schemas']['OtherNotification'];
export type OwnStatus = components['schemas']['OwnStatus'];
export type PartialPongOptions = components['schemas']['PartialPongOptions'];
export type PartialTicTacToeOptions = components['schemas']['PartialTicTacToeOptions'];
export type PausedBy = components['schemas']['PausedBy'];
export type PlayerPresence = components['schemas']['PlayerPresence'];
export type PlayerResult = components['schemas']['PlayerResult'];
export type PlayerType = components['schemas']['PlayerType'];
export type Pong = components['schemas']['Pong'];
export type PongBall = components['schemas']['PongBall'];
export type PongCoin = components['schemas']['PongCoin'];
export type PongEffect = components['schemas']['PongEffect'];
export type PongEffectKind = components['schemas']['PongEffectKind'];
export type PongEnding = components['schemas']['PongEnding'];
export type PongInvite = components['schemas']['PongInvite'];
export type PongOptions = components['schemas']['PongOptions'];
export type PongSide = components['schemas']['PongSide'];
export type PongSides_PongPaddle = components['schemas']['PongSides_PongPaddle'];
export type PongSides_i16 = components['schemas']['PongSides_i16'];
export type PongSides_u8 = components['schemas']['PongSides_u8'];
export type PongState = components['schemas']['PongState'];
export type PostMessage = components['schemas']['PostMessage'];
export type Presence = components['schemas']['Presence'];
export type Problem = components['schemas']['Problem'];
export type Queued = components['schemas']['Queued'];
export type RatingDelta = components['schemas']['RatingDelta'];
export type ReplyGameInvite = components['schemas']['ReplyGameInvite'];
export type RequestDirection = components['schemas']['RequestDirection'];
export type Resume = components['schemas']['Resume'];
export type Resync = components['schemas']['Resync'];
export type SeatName = components['schemas']['SeatName'];
export type SetTyping = components['schemas']['SetTyping'];
export type SlotHow = components['schemas']['SlotHow'];
export type SlotState = components['schemas']['SlotState'];
export type SlotsUpdate = components['schemas']['SlotsUpdate'];
export type StreamPosition = components['schemas']['StreamPosition'];
export type SystemNotification = components['schemas']['SystemNotification'];
export type TableView = components['schemas']['TableView'];
export type TicTacToeGame = components['schemas']['TicTacToeGame'];
export type TicTacToeInvite = components['schemas']['TicTacToeInvite'];
export type TicTacToeMark = components['schemas']['TicTacToeMark'];
export type TicTacToeOptions = components['schemas']['TicTacToeOptions'];
export type TicTacToeResult = components['schemas']['TicTacToeResult'];
export type TicTacToeState = components['schemas']['TicTacToeState'];
export type Timestamp = components['schemas']['Timestamp'];
export type TournamentEntrant = components['schemas']['TournamentEntrant'];
export type TournamentInvite = components['schemas']['TournamentInvite'];
export type TournamentSlot = components['schemas']['TournamentSlot'];
export type TournamentStatus = components['schemas']['TournamentStatus'];
export type TournamentUpdate = components['schemas']['TournamentUpdate'];
export type Typing = components['schemas']['Typing'];
export type Unread = components['schemas']['Unread'];
export type UnreadChat = components['schemas']['UnreadChat'];
export type UserSummary = components['schemas']['UserSummary'];
export type UserUnblocked = components['schemas']['UserUnblocked'];
export type Action = components['schemas']['Action'];
export type AiLevel = components['schemas']['AiLevel'];
export type AiSettings = components['schemas']['AiSettings'];
export type Alive = components['schemas']['Alive'];
export type Audience = components['schemas']['Audience'];
export type Avatar = components['schemas']['Avatar'];
export type BlockUser = components['schemas']['BlockUser'];
export type BracketEntrant = components['schemas']['BracketEntrant'];
export type ChangePassword = components['schemas']['ChangePassword'];
export type ChangeTournament = components['schemas']['ChangeTournament'];
export type Channels = components['schemas']['Channels'];
export type CoOrganizer = components['schemas']['CoOrganizer'];
export type Condition = components['schemas']['Condition'];
export type Conversation = components['schemas']['Conversation'];
export type CreateGroup = components['schemas']['CreateGroup'];
export type CreateTournament = components['schemas']['CreateTournament'];
export type CurrentEngagement = components['schemas']['CurrentEngagement'];
export type DecideSlot = components['schemas']['DecideSlot'];
export type DeleteAccount = components['schemas']['DeleteAccount'];
export type DigestFrequency = components['schemas']['DigestFrequency'];
export type DisableSecondFactor = components['schemas']['DisableSecondFactor'];
export type DisputeSlot = components['schemas']['DisputeSlot'];
export type Disqualify = components['schemas']['Disqualify'];
export type EngagementType = components['schemas']['EngagementType'];
export type EnterQueue = components['schemas']['EnterQueue'];
export type EnterTournament = components['schemas']['EnterTournament'];
export type Envelope_AiSettings = components['schemas']['Envelope_AiSettings'];
export type Envelope_Alive = components['schemas']['Envelope_Alive'];
export type Envelope_Avatar = components['schemas']['Envelope_Avatar'];
export type Envelope_Badges = components['schemas']['Envelope_Badges'];
export type Envelope_BlockedUser = components['schemas']['Envelope_BlockedUser'];
export type Envelope_Export = components['schemas']['Envelope_Export'];
export type Envelope_Friend = components['schemas']['Envelope_Friend'];
export type Envelope_FriendRequestResult = components['schemas']['Envelope_FriendRequestResult'];
export type Envelope_GameListings = components['schemas']['Envelope_GameListings'];
export type Envelope_GameMatch = components['schemas']['Envelope_GameMatch'];
export type Envelope_Group = components['schemas']['Envelope_Group'];
export type Envelope_HeadToHeads = components['schemas']['Envelope_HeadToHeads'];
export type Envelope_HomePage = components['schemas']['Envelope_HomePage'];
export type Envelope_Invite = components['schemas']['Envelope_Invite'];
export type Envelope_LikeUpdate = components['schemas']['Envelope_LikeUpdate'];
export type Envelope_LocalStart = components['schemas']['Envelope_LocalStart'];
export type Envelope_LoginAnswer = components['schemas']['Envelope_LoginAnswer'];
export type Envelope_Mailbox = components['schemas']['Envelope_Mailbox'];
export type Envelope_Message = components['schemas']['Envelope_Message'];
export type Envelope_NoData = components['schemas']['Envelope_NoData'];
export type Envelope_Notification = components['schemas']['Envelope_Notification'];
export type Envelope_NotificationPreferences = components['schemas']['Envelope_NotificationPreferences'];
export type Envelope_OnlineCounts = components['schemas']['Envelope_OnlineCounts'];
export type Envelope_OpenConversation = components['schemas']['Envelope_OpenConversation'];
export type Envelope_OpenRoom = components['schemas']['Envelope_OpenRoom'];
export type Envelope_OwnStatus = components['schemas']['Envelope_OwnStatus'];
export type Envelope_Preferences = components['schemas']['Envelope_Preferences'];
export type Envelope_Profile = components['schemas']['Envelope_Profile'];
export type Envelope_Proven = components['schemas']['Envelope_Proven'];
export type Envelope_PublicProfile = components['schemas']['Envelope_PublicProfile'];
export type Envelope_QueueTicket = components['schemas']['Envelope_QueueTicket'];
export type Envelope_Ready = components['schemas']['Envelope_Ready'];
export type Envelope_RecoveryCodes = components['schemas']['Envelope_RecoveryCodes'];
export type Envelope_ReplayVerification = components['schemas']['Envelope_ReplayVerification'];
export type Envelope_Report = components['schemas']['Envelope_Report'];
export type Envelope_Resent = components['schemas']['Envelope_Resent'];
export type Envelope_SecondFactorEnabled = components['schemas']['Envelope_SecondFactorEnabled'];
export type Envelope_SecondFactorState = components['schemas']['Envelope_SecondFactorState'];
export type Envelope_StatisticsOverview = components['schemas']['Envelope_StatisticsOverview'];
export type Envelope_StepUpAnswer = components['schemas']['Envelope_StepUpAnswer'];
export type Envelope_TotpSetup = components['schemas']['Envelope_TotpSetup'];
export type Envelope_Tournament = components['schemas']['Envelope_Tournament'];
export type Envelope_TournamentBracket = components['schemas']['Envelope_TournamentBracket'];
export type Envelope_TournamentEntrant = components['schemas']['Envelope_TournamentEntrant'];
export type Envelope_TournamentSlot = components['schemas']['Envelope_TournamentSlot'];
export type Envelope_Unread = components['schemas']['Envelope_Unread'];
export type Envelope_WsTicket = components['schemas']['Envelope_WsTicket'];
export type ErrorBody = components['schemas']['ErrorBody'];
export type ErrorEnvelope = components['schemas']['ErrorEnvelope'];
export type Export = components['schemas']['Export'];
export type ExportState = components['schemas']['ExportState'];
export type ForgotPassword = components['schemas']['ForgotPassword'];
export type Friend = components['schemas']['Friend'];
export type FriendRequestResult = components['schemas']['FriendRequestResult'];
export type GameLevel = components['schemas']['GameLevel'];
export type GameListing = components['schemas']['GameListing'];
export type GameListings = components['schemas']['GameListings'];
export type GameMatch = components['schemas']['GameMatch'];
export type GameRating = components['schemas']['GameRating'];
export type GameStatistics = components['schemas']['GameStatistics'];
export type Group = components['schemas']['Group'];
export type GroupPrivacy = components['schemas']['GroupPrivacy'];
export type HeadToHead = components['schemas']['HeadToHead'];
export type HeadToHeads = components['schemas']['HeadToHeads'];
export type HomeGames = components['schemas']['HomeGames'];
export type HomePage = components['schemas']['HomePage'];
export type InviteRole = components['schemas']['InviteRole'];
export type InviteToTournament = components['schemas']['InviteToTournament'];
export type KindPreferences = components['schemas']['KindPreferences'];
export type LeaderboardEntry = components['schemas']['LeaderboardEntry'];
export type ListEnvelope_BlockedUser = components['schemas']['ListEnvelope_BlockedUser'];
export type ListEnvelope_Conversation = components['schemas']['ListEnvelope_Conversation'];
export type ListEnvelope_Export = components['schemas']['ListEnvelope_Export'];
export type ListEnvelope_Friend = components['schemas']['ListEnvelope_Friend'];
export type ListEnvelope_FriendRequest = components['schemas']['ListEnvelope_FriendRequest'];
export type ListEnvelope_GameMatch = components['schemas']['ListEnvelope_GameMatch'];
export type ListEnvelope_Group = components['schemas']['ListEnvelope_Group'];
export type ListEnvelope_Invite = components['schemas']['ListEnvelope_Invite'];
export type ListEnvelope_LeaderboardEntry = components['schemas']['ListEnvelope_LeaderboardEntry'];
export type ListEnvelope_Message = components['schemas']['ListEnvelope_Message'];
export type ListEnvelope_Notification = components['schemas']['ListEnvelope_Notification'];
export type ListEnvelope_PlayedTournament = components['schemas']['ListEnvelope_PlayedTournament'];
export type ListEnvelope_RoomLine = components['schemas']['ListEnvelope_RoomLine'];
export type ListEnvelope_Session = components['schemas']['ListEnvelope_Session'];
export type ListEnvelope_Suggestion = components['schemas']['ListEnvelope_Suggestion'];
export type ListEnvelope_Tournament = components['schemas']['ListEnvelope_Tournament'];
export type ListEnvelope_TournamentAuditEntry = components['schemas']['ListEnvelope_TournamentAuditEntry'];
export type ListEnvelope_TournamentEntrant = components['schemas']['ListEnvelope_TournamentEntrant'];
export type ListEnvelope_TournamentRecapMatch = components['schemas']['ListEnvelope_TournamentRecapMatch'];
export type ListEnvelope_UserSummary = components['schemas']['ListEnvelope_UserSummary'];
export type LocalStart = components['schemas']['LocalStart'];
export type Login = components['schemas']['Login'];
export type LoginAnswer = components['schemas']['LoginAnswer'];
export type Mailbox = components['schemas']['Mailbox'];
export type MailboxEntry = components['schemas']['MailboxEntry'];
export type MatchState = components['schemas']['MatchState'];
export type NoData = components['schemas']['NoData'];
export type NotificationPreferences = components['schemas']['NotificationPreferences'];
export type OnlineCounts = components['schemas']['OnlineCounts'];
export type OpenConversation = components['schemas']['OpenConversation'];
export type OpenRoom = components['schemas']['OpenRoom'];
export type OrderSeeds = components['schemas']['OrderSeeds'];
export type OwnTournamentEntry = components['schemas']['OwnTournamentEntry'];
export type PageMeta = components['schemas']['PageMeta'];
export type PatchMessage = components['schemas']['PatchMessage'];
export type PatchPrivacy = components['schemas']['PatchPrivacy'];
export type PatchProfile = components['schemas']['PatchProfile'];
export type PlayAgain = components['schemas']['PlayAgain'];
export type PlayedTournament = components['schemas']['PlayedTournament'];
export type PlayerRating = components['schemas']['PlayerRating'];
export type Preferences = components['schemas']['Preferences'];
export type Privacy = components['schemas']['Privacy'];
export type Profile = components['schemas']['Profile'];
export type Proven = components['schemas']['Proven'];
export type PublicProfile = components['schemas']['PublicProfile'];
export type PutAiSettings = components['schemas']['PutAiSettings'];
export type PutKindPreferences = components['schemas']['PutKindPreferences'];
export type PutNotificationPreferences = components['schemas']['PutNotificationPreferences'];
export type PutProfile = components['schemas']['PutProfile'];
export type QueueTicket = components['schemas']['QueueTicket'];
export type RatingDay = components['schemas']['RatingDay'];
export type Ready = components['schemas']['Ready'];
export type RecoveryCodes = components['schemas']['RecoveryCodes'];
export type Refresh = components['schemas']['Refresh'];
export type RefreshedTokens = components['schemas']['RefreshedTokens'];
export type Register = components['schemas']['Register'];
export type ReplayVerification = components['schemas']['ReplayVerification'];
export type Report = components['schemas']['Report'];
export type ReportMessage = components['schemas']['ReportMessage'];
export type ReportReason = components['schemas']['ReportReason'];
export type RequestBye = components['schemas']['RequestBye'];
export type Resend = components['schemas']['Resend'];
export type Resent = components['schemas']['Resent'];
export type ResetPassword = components['schemas']['ResetPassword'];
export type Role = components['schemas']['Role'];
export type RoomLine = components['schemas']['RoomLine'];
export type SecondFactor = components['schemas']['SecondFactor'];
export type SecondFactorEnabled = components['schemas']['SecondFactorEnabled'];
export type SecondFactorMethod = components['schemas']['SecondFactorMethod'];
export type SecondFactorState = components['schemas']['SecondFactorState'];
export type SecondStep = components['schemas']['SecondStep'];
export type SendFriendRequest = components['schemas']['SendFriendRequest'];
export type Session = components['schemas']['Session'];
export type SetStatus = components['schemas']['SetStatus'];
export type SignedIn = components['schemas']['SignedIn'];
export type SiteTotals = components['schemas']['SiteTotals'];
export type SlotDecision = components['schemas']['SlotDecision'];
export type StartLocal = components['schemas']['StartLocal'];
export type StartPractice = components['schemas']['StartPractice'];
export type Statistics = components['schemas']['Statistics'];
export type StatisticsOverview = components['schemas']['StatisticsOverview'];
export type StepUp = components['schemas']['StepUp'];
export type StepUpAnswer = components['schemas']['StepUpAnswer'];
export type Suggestion = components['schemas']['Suggestion'];
export type Theme = components['schemas']['Theme'];
export type TieBreakValue = components['schemas']['TieBreakValue'];
export type TimelinePoint = components['schemas']['TimelinePoint'];
export type TokenPair = components['schemas']['TokenPair'];
export type TokenRequest = components['schemas']['TokenRequest'];
export type TotpEnable = components['schemas']['TotpEnable'];
export type TotpSetup = components['schemas']['TotpSetup'];
export type Tournament = components['schemas']['Tournament'];
export type TournamentAuditEntry = components['schemas']['TournamentAuditEntry'];
export type TournamentBracket = components['schemas']['TournamentBracket'];
export type TournamentFormat = components['schemas']['TournamentFormat'];
export type TournamentRecapMatch = components['schemas']['TournamentRecapMatch'];
export type TournamentSeeding = components['schemas']['TournamentSeeding'];
export type TournamentTableRow = components['schemas']['TournamentTableRow'];
export type TournamentVisibility = components['schemas']['TournamentVisibility'];
export type Verify = components['schemas']['Verify'];
export type VerifyEmail = components['schemas']['VerifyEmail'];
export type WriteMessage = components['schemas']['WriteMessage'];
export type WsTicket = components['schemas']['WsTicket'];
export type Routes = components['schemas']['Routes'];
export type SocketActions = components['schemas']['SocketActions'];
export type SocketEvents = components['schemas']['SocketEvents'];
export type $defs = Record<string, never>;
export type operations = Record<string, never>;

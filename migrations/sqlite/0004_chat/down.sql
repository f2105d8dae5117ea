DROP TABLE chat_likes;
DROP TABLE chat_messages;
DROP TABLE chat_members;
DROP TABLE chats;

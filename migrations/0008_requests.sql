-- The requests of one message: those of a bulk move are decided by one press (ruling 11).
CREATE INDEX approvals_post ON approvals (post) WHERE post IS NOT NULL;

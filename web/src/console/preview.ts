// The player with its style, for the console, which loads it only when a preview is asked for.
import '../player/player.css';
import '../player/player.ts';

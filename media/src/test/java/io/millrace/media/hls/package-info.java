@NullMarked
package io.millrace.media.hls;

import org.jspecify.annotations.NullMarked;

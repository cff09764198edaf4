/** Tests of the database, on real ones. */
@NullMarked
package io.millrace.control.database;

import org.jspecify.annotations.NullMarked;

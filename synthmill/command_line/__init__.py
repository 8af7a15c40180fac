"""What commands share: options, output, exit codes. Commands alone import it."""

"""What programs may ask and do at the desk, over HTTP."""

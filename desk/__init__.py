"""What people can ask and do, without a screen: the commands and the web pages only show it."""
